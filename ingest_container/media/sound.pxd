# C types of sound.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

cdef long long _TOLERANCE


cdef class SoundClock:
    cdef long long _rate, _last, _frame
    cdef bint _began
    cdef tuple _candidates

    cpdef restart(self)
    @cython.locals(said=cython.longlong, expected=cython.longlong)
    cpdef long long time_of(self, long long milliseconds)
