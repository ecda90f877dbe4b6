# C types of chunk_stream.py, used when it is compiled. Every attribute of the class is named here.


cdef class ChunkStream:
    cdef long id, type_id
    cdef unsigned long timestamp, delta, stream_id
    cdef Py_ssize_t length, missing
    cdef bint open, plain
    cdef bytes extended, mark
    cdef bytearray body
