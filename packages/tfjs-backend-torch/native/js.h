// Values of JavaScript read and made through Node-API. A wrong type is a c10::Error, as all errors of the addon are.
#pragma once

#include <c10/util/Exception.h>
#include <node_api.h>

#include <cmath>
#include <string>

namespace tfjs {
namespace js {

inline void check(napi_status status, const char* expected) {
  TORCH_CHECK(status == napi_ok, "expected ", expected);
}

inline napi_valuetype typeOf(napi_env env, napi_value value) {
  napi_valuetype type;
  check(napi_typeof(env, value, &type), "a JavaScript value");
  return type;
}
inline bool isNull(napi_env env, napi_value value) { return typeOf(env, value) == napi_null; }
inline bool isUndefined(napi_env env, napi_value value) { return typeOf(env, value) == napi_undefined; }
inline bool isBoolean(napi_env env, napi_value value) { return typeOf(env, value) == napi_boolean; }

inline double number(napi_env env, napi_value value) {
  double result;
  check(napi_get_value_double(env, value, &result), "a number");
  return result;
}
// A whole number that a double holds exactly. Node-API itself would make 0 of NaN and cut fractions off.
inline int64_t integer(napi_env env, napi_value value) {
  double result;
  check(napi_get_value_double(env, value, &result), "an integer");
  TORCH_CHECK(std::nearbyint(result) == result && std::fabs(result) <= 9007199254740991.0, "expected an integer, not ",
              result);
  return static_cast<int64_t>(result);
}
inline bool boolean(napi_env env, napi_value value) {
  bool result;
  check(napi_get_value_bool(env, value, &result), "a boolean");
  return result;
}
inline std::string string(napi_env env, napi_value value) {
  size_t length;
  check(napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a string");
  std::string result(length, '\0');
  check(napi_get_value_string_utf8(env, value, &result[0], length + 1, &length), "a string");
  return result;
}
inline uint32_t length(napi_env env, napi_value value) {
  uint32_t result;
  check(napi_get_array_length(env, value, &result), "an array");
  return result;
}
inline napi_value element(napi_env env, napi_value array, uint32_t index) {
  napi_value result;
  check(napi_get_element(env, array, index, &result), "an array");
  return result;
}

inline napi_value undefined(napi_env env) {
  napi_value result;
  check(napi_get_undefined(env, &result), "a running environment");
  return result;
}
inline napi_value null(napi_env env) {
  napi_value result;
  check(napi_get_null(env, &result), "a running environment");
  return result;
}
inline napi_value fromNumber(napi_env env, double value) {
  napi_value result;
  check(napi_create_double(env, value, &result), "a running environment");
  return result;
}
inline napi_value fromBoolean(napi_env env, bool value) {
  napi_value result;
  check(napi_get_boolean(env, value, &result), "a running environment");
  return result;
}
inline napi_value fromString(napi_env env, const std::string& value) {
  napi_value result;
  check(napi_create_string_utf8(env, value.data(), value.size(), &result), "a running environment");
  return result;
}
inline napi_value array(napi_env env, size_t length) {
  napi_value result;
  check(napi_create_array_with_length(env, length, &result), "a running environment");
  return result;
}
inline napi_value object(napi_env env) {
  napi_value result;
  check(napi_create_object(env, &result), "a running environment");
  return result;
}
inline void setElement(napi_env env, napi_value array, size_t index, napi_value value) {
  check(napi_set_element(env, array, static_cast<uint32_t>(index), value), "an array");
}
inline void setProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  check(napi_set_named_property(env, object, name, value), "an object");
}

}  // namespace js
}  // namespace tfjs
