# C types of segmenter.py, used when it is compiled. Every attribute of the class is named here.
cimport cython

from .runs cimport Run
from .sound cimport SoundClock

cdef long long _VIDEO_TICKS, _MOST_BYTES
cdef double _LONGEST_WITHOUT_KEY_FRAME, _MIN_SEGMENT


cdef class Segmenter:
    cdef object _grid, _video, _audio
    cdef long long _msn, _index, _version, _sequence, _rate, _sound_rate, _segment_start, _last_key, _group, _segment_bytes
    cdef SoundClock _sound
    cdef Run _picture_run, _sound_run, _leading
    cdef bint _began, _discontinuity, _overrun

    @cython.locals(time=cython.longlong, run=Run)
    cpdef video(self, long long at, long composition, bint keyframe, bytes payload, Py_ssize_t skip=*)

    @cython.locals(time=cython.longlong, run=Run)
    cpdef audio(self, long long at, bytes payload, Py_ssize_t skip=*)

    cdef _begin(self, long long time)

    @cython.locals(run=Run)
    cdef _check_picture(self, double now)

    @cython.locals(
        run=Run, first=cython.longlong, following=cython.longlong, in_segment=cython.longlong, rate=cython.longlong,
        longest=cython.longlong,
    )
    cdef _cut(self, long long time, bint keyframe)
