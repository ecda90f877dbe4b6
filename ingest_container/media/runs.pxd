# C types of runs.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

cdef Py_ssize_t _ENTRY, _SIZE, _FLAGS, _COMPOSITION
cdef long long _SYNC, _NOT_SYNC
cdef bytes _NO_ENTRY


cdef class Run:
    cdef readonly long track_id
    cdef readonly Py_ssize_t count
    cdef readonly long long first, last
    cdef readonly bint first_is_key
    cdef readonly list payloads, skips
    cdef bytearray _table

    cpdef clear(self)

    @cython.locals(end=Py_ssize_t)
    cpdef add(self, long long time, long long composition, bint keyframe, bytes payload, Py_ssize_t skip)


cdef _write(bytearray table, Py_ssize_t at, long long value)
