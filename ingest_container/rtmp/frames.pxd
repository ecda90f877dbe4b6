# C types of frames.py, used when it is compiled. Every attribute of the classes is named here.
cdef class VideoMessage:
    cdef public long long timestamp
    cdef public bytes payload
    cdef public str codec
    cdef public bint keyframe, is_sequence_header
    cdef public long data_offset, composition_time, track, nanoseconds

    cpdef tuple _values(self)


cdef class AudioMessage:
    cdef public long long timestamp
    cdef public bytes payload
    cdef public str codec
    cdef public bint is_sequence_header
    cdef public long data_offset, track, nanoseconds

    cpdef tuple _values(self)
