/* SPDX-License-Identifier: GPL-2.0-only */
/* For cppcheck, which does not read the headers of libraries: their macros that are no function calls. */
#define json_object_foreach(object, key, value) for (key = "", value = object; value;)
#define json_array_foreach(array, index, value) for (index = 0, value = array; value; index++)
