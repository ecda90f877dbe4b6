# C types of demuxer.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

from ingest_container.rtmp.frames cimport AudioMessage, VideoMessage

from .samples cimport StreamClock
from .segmenter cimport Segmenter

cdef Py_ssize_t _MOST_SKIPPED


cdef class Demuxer:
    cdef Segmenter _segmenter
    cdef StreamClock _clock
    cdef bint _began, _probing
    cdef list _held
    cdef long long _held_bytes
    cdef object _picture, _claims, _video, _audio, _sound

    cpdef _forget(self)
    cdef _follow(self, long long timestamp, long long elapsed, list out)

    @cython.locals(payload=bytes, skip=Py_ssize_t)
    cdef _picture_sample(self, VideoMessage message, long long elapsed, list out)

    @cython.locals(payload=bytes, skip=Py_ssize_t)
    cdef _sound_sample(self, AudioMessage message, long long elapsed, list out)
