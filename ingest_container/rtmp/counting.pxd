# C types of counting.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

from .frames cimport AudioMessage, VideoMessage

cdef long _AUDIO, _VIDEO, _COMPOSITION_BYTES, _SIGN, _UNKNOWN, _LONGEST_REORDERING
cdef long long _MASK, _HALF_WRAP


cdef long _signed(long number)


cdef class MediaCounter:
    cdef set _refused
    cdef bytes _video_head, _audio_head
    cdef str _video_codec, _audio_codec
    cdef Py_ssize_t _video_offset
    cdef long _composition
    cdef public list events
    cdef readonly bint keeps_frames
    cdef long long _clock, _shown
    cdef bint _began, _open, _has_composition
    cdef public long long video_bytes, audio_bytes, media, frames, timestamp
    cdef public long long audio_timestamp, key_frames, key_frame_timestamp, b_frames, open_gops
    cdef public str video_codec, audio_codec

    @cython.locals(head=bytes, data=Py_ssize_t, length=Py_ssize_t, place=Py_ssize_t)
    cpdef bint is_plain(self, long type_id, unsigned long stream_id, bytearray buffer, Py_ssize_t start, Py_ssize_t end)
    @cython.locals(clock=cython.longlong, offset=Py_ssize_t, composition=long)
    cpdef count_plain(self, long type_id, Py_ssize_t size, unsigned long timestamp, bytes payload)
    cdef _note_order(self, long long shown)
    cpdef long long unwrap(self, long long timestamp)
