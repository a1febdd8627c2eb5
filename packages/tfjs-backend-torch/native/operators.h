// Any operator of libtorch, called from JavaScript by its schema.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <node_api.h>

#include <string>
#include <vector>

#include "tensors.h"

namespace tfjs {

// What an operator expects for one argument, worked out once from its schema.
struct ArgumentPlan {
  c10::TypeKind kind;     // of the value, or of the elements of a list
  bool list = false;
  bool optional = false;  // null is allowed
  bool optionalElements = false;
  bool written = false;   // the operator changes it in place
  c10::optional<c10::IValue> fallback;
  std::string name;
};

class Operator {
 public:
  // Throws c10::Error if this libtorch has no such operator.
  static Operator find(const std::string& name, const std::string& overload);

  // Converts `arguments`, runs the operator and gives its result: the handle of a tensor, a number, a boolean, an array
  // of them, or undefined. An argument that the operator returns (in-place operators do) keeps its handle. Operators
  // that make tensors make them on `device`.
  napi_value call(napi_env env, TensorTable& tensors, at::Device device, const napi_value* arguments,
                  size_t count) const;

 private:
  explicit Operator(c10::OperatorHandle handle) : handle_(std::move(handle)) {}

  c10::OperatorHandle handle_;
  std::vector<ArgumentPlan> plans_;
};

}  // namespace tfjs
