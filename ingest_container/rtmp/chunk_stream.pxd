# C types of chunk_stream.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

cdef Py_ssize_t _LARGE


cdef class ChunkStream:
    cdef long id, type_id, mark
    cdef unsigned long timestamp, delta, stream_id
    cdef Py_ssize_t length, missing
    cdef bint open, plain
    cdef bytes extended
    cdef bytearray body


@cython.locals(bodies=list, run=bytearray)
cpdef bodies_of_run(bytearray buffer, view, Py_ssize_t start, Py_ssize_t end, Py_ssize_t size)
