# C types of chunks.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

from .chunk_stream cimport ChunkStream, bodies_of_run
from .counting cimport MediaCounter
from .messages cimport Message


cdef unsigned long _EXTENDED, _MASK
cdef long _MESSAGE_WORK, _FRAME_WORK
cdef long _LONGEST_SHORT_ID


cdef class ChunkReader:
    cdef object _limits, _view
    cdef dict _streams
    cdef ChunkStream _current
    cdef MediaCounter _counter
    cdef bint _keeps_frames
    cdef bytes _rest
    cdef bytearray _buffer
    cdef Py_ssize_t _chunk_size, _chunk_left, _declared, _position, _end, _max_message_bytes, _max_partial_bytes

    cdef public long long work_left
    cdef readonly Py_ssize_t held

    cpdef spend(self, long long units)
    cpdef discard(self)
    cpdef feed(self, data, Py_ssize_t size=*)

    @cython.locals(stream=ChunkStream, payload=bytes, message=Message)
    cpdef Message next_message(self)

    @cython.locals(
        stream=ChunkStream, buffer=bytearray, position=Py_ssize_t, end=Py_ssize_t, fields=Py_ssize_t, first=long,
        chunk_type=long, stream_id=long, time=cython.ulong, extended=bytes,
    )
    cdef ChunkStream _read_header(self)

    @cython.locals(
        start=Py_ssize_t, available=Py_ssize_t, size=Py_ssize_t, left=Py_ssize_t, taken=Py_ssize_t, step=Py_ssize_t,
        run=Py_ssize_t, header=Py_ssize_t, last=Py_ssize_t, mark=long, buffer=bytearray, bodies=object,
    )
    cdef bytes _read_body(self, ChunkStream stream)

    @cython.locals(stream=ChunkStream)
    cdef ChunkStream _open(self, long stream_id, long chunk_type)

    cdef _begin(self, ChunkStream stream)
    cdef _finish(self, ChunkStream stream)

    @cython.locals(stream=ChunkStream)
    cdef _abort(self, long stream_id)
