# C types of samples.py, used when it is compiled. Every attribute of the class is named here.
cdef long long _LEAP, _BACKWARD


cdef class StreamClock:
    cdef bint _anchored
    cdef long long _offset, _last, _latest
    cdef readonly long long now

    cpdef connected(self)
    cpdef bint follow(self, long long timestamp, long long elapsed)
