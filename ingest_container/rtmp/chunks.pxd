# C types of chunks.py, used when it is compiled. Every attribute of the two classes is named here.
cimport cython

from .counting cimport MediaCounter
from .messages cimport Message


cdef unsigned long _EXTENDED, _MASK
cdef long _MESSAGE_WORK, _LOOK_AHEAD, _LOOK_FURTHER
cdef long _LONGEST_SHORT_ID


cdef class _ChunkStream:
    cdef long id, type_id
    cdef unsigned long timestamp, delta, stream_id
    cdef Py_ssize_t length, missing
    cdef bint open, plain
    cdef bytes extended, mark
    cdef bytearray body


cdef class ChunkReader:
    cdef object _limits, _view
    cdef dict _streams
    cdef _ChunkStream _current
    cdef MediaCounter _counter
    cdef bytes _rest
    cdef bytearray _buffer
    cdef Py_ssize_t _chunk_size, _chunk_left, _declared, _position, _end, _max_message_bytes, _max_partial_bytes

    cdef public long long work_left

    cpdef spend(self, long long units)
    cpdef feed(self, data, Py_ssize_t size=*)

    @cython.locals(stream=_ChunkStream, payload=bytes, message=Message)
    cpdef Message next_message(self)

    @cython.locals(
        stream=_ChunkStream, buffer=bytearray, position=Py_ssize_t, end=Py_ssize_t, fields=Py_ssize_t, first=long,
        chunk_type=long, stream_id=long, time=cython.ulong, extended=bytes,
    )
    cdef _ChunkStream _read_header(self)

    @cython.locals(
        start=Py_ssize_t, available=Py_ssize_t, size=Py_ssize_t, left=Py_ssize_t, taken=Py_ssize_t, step=Py_ssize_t,
        run=Py_ssize_t, ahead=Py_ssize_t, found=Py_ssize_t, headers=bytearray, bodies=bytearray,
    )
    cdef bytes _read_body(self, _ChunkStream stream)

    @cython.locals(stream=_ChunkStream)
    cdef _ChunkStream _open(self, long stream_id, long chunk_type)

    cdef _begin(self, _ChunkStream stream)
    cdef _finish(self, _ChunkStream stream)

    @cython.locals(stream=_ChunkStream)
    cdef _abort(self, long stream_id)
