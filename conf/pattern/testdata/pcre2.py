"""Matches with the machine's PCRE2: a question is a line of JSON, {expr, options, text, from}, all in base64 but for the
number; the answer is a line [begin, end], [] for no match, null for an expression that does not compile."""
import base64, ctypes, json, sys

lib = ctypes.CDLL("libpcre2-8.so.0")
lib.pcre2_compile_8.restype = ctypes.c_void_p
lib.pcre2_compile_8.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_size_t), ctypes.c_void_p]
lib.pcre2_match_data_create_from_pattern_8.restype = ctypes.c_void_p
lib.pcre2_match_data_create_from_pattern_8.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
lib.pcre2_match_8.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p]
lib.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(ctypes.c_size_t)
lib.pcre2_get_ovector_pointer_8.argtypes = [ctypes.c_void_p]
lib.pcre2_code_free_8.argtypes = [ctypes.c_void_p]
lib.pcre2_match_data_free_8.argtypes = [ctypes.c_void_p]

# The bits of PCRE2's application interface (pcre2.h).
BITS = {"alt_circumflex": 0x200000, "allow_empty_class": 0x1, "caseless": 0x8, "dollar_endonly": 0x10, "dotall": 0x20, "extended": 0x80, "multiline": 0x400,
        "no_auto_capture": 0x2000, "ucp": 0x20000, "ungreedy": 0x40000, "utf": 0x80000}

for line in sys.stdin:
    q = json.loads(line)
    expr, text = base64.b64decode(q["expr"]), base64.b64decode(q["text"])
    bits = 0
    for o in q["options"]:
        bits |= BITS[o]
    err, at = ctypes.c_int(), ctypes.c_size_t()
    code = lib.pcre2_compile_8(expr, len(expr), bits, ctypes.byref(err), ctypes.byref(at), None)
    if not code:
        print("null", flush=True)
        continue
    data = lib.pcre2_match_data_create_from_pattern_8(code, None)
    answer = []
    if lib.pcre2_match_8(code, text, len(text), q["from"], 0, data, None) >= 0:
        found = lib.pcre2_get_ovector_pointer_8(data)
        answer = [found[0], found[1]]
    lib.pcre2_match_data_free_8(data)
    lib.pcre2_code_free_8(code)
    print(json.dumps(answer), flush=True)
