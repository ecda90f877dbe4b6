# C types of messages.py, used when it is compiled.
cdef class Message:
    cdef public long type_id
    cdef public unsigned long stream_id
    cdef public unsigned long timestamp
    cdef public bytes payload
