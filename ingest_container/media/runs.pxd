# C types of runs.py, used when it is compiled. Every attribute of the class is named here.
cdef class Run:
    cdef readonly long track_id
    cdef readonly list times, compositions, keyframes, payloads, skips
    cdef readonly long long last

    cpdef add(self, long long time, long composition, bint keyframe, bytes payload, Py_ssize_t skip)
    cpdef clear(self)
