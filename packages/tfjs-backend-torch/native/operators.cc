#include "operators.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>

#include "js.h"

namespace tfjs {
namespace {

using c10::IValue;
using c10::TypeKind;

ArgumentPlan planOf(const c10::Argument& argument) {
  ArgumentPlan plan;
  plan.name = argument.name();
  plan.fallback = argument.default_value();
  c10::TypePtr type = argument.type();
  if (const auto optional = type->cast<c10::OptionalType>()) {
    plan.optional = true;
    type = optional->getElementType();
  }
  if (const auto list = type->cast<c10::ListType>()) {
    plan.list = true;
    type = list->getElementType();
    if (const auto optional = type->cast<c10::OptionalType>()) {
      plan.optionalElements = true;
      type = optional->getElementType();
    }
  }
  plan.kind = type->kind();
  plan.written = !plan.list && argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  return plan;
}

IValue scalar(napi_env env, napi_value value) {
  if (js::isBoolean(env, value)) return js::boolean(env, value);
  const double number = js::number(env, value);
  // A whole number must not turn an int32 tensor into a floating-point one.
  if (std::nearbyint(number) == number && std::fabs(number) < 9.0e15 && !(number == 0 && std::signbit(number))) {
    return static_cast<int64_t>(number);
  }
  return number;
}

constexpr uint32_t kReserved = 1024;

template <typename T, typename Convert>
c10::List<T> listOf(napi_env env, napi_value value, Convert convert) {
  const uint32_t length = js::length(env, value);
  c10::List<T> list;
  // An array may say that it is longer than memory.
  list.reserve(std::min<uint32_t>(length, kReserved));
  for (uint32_t i = 0; i < length; ++i) list.push_back(convert(js::element(env, value, i)));
  return list;
}

IValue single(napi_env env, const TensorTable& tensors, const ArgumentPlan& plan, napi_value value) {
  switch (plan.kind) {
    case TypeKind::TensorType:
      return tensors.get(js::integer(env, value));
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return js::integer(env, value);
    case TypeKind::FloatType:
      return js::number(env, value);
    case TypeKind::NumberType:
      return scalar(env, value);
    case TypeKind::BoolType:
      return js::boolean(env, value);
    case TypeKind::StringType:
      return js::string(env, value);
    case TypeKind::DeviceObjType:
      return c10::Device(js::string(env, value));
    default:
      TORCH_CHECK(false, "its type (", c10::typeKindToString(plan.kind), ") cannot be given from JavaScript");
  }
}

IValue listArgument(napi_env env, const TensorTable& tensors, const ArgumentPlan& plan, napi_value value) {
  switch (plan.kind) {
    case TypeKind::TensorType:
      if (plan.optionalElements) {
        return listOf<c10::optional<at::Tensor>>(env, value, [&](napi_value v) {
          return js::isNull(env, v) ? c10::optional<at::Tensor>() : tensors.get(js::integer(env, v));
        });
      }
      return listOf<at::Tensor>(env, value, [&](napi_value v) { return tensors.get(js::integer(env, v)); });
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return listOf<int64_t>(env, value, [&](napi_value v) { return js::integer(env, v); });
    case TypeKind::FloatType:
      return listOf<double>(env, value, [&](napi_value v) { return js::number(env, v); });
    case TypeKind::BoolType:
      return listOf<bool>(env, value, [&](napi_value v) { return js::boolean(env, v); });
    default:
      TORCH_CHECK(false, "a list of its type (", c10::typeKindToString(plan.kind),
                  ") cannot be given from JavaScript");
  }
}

napi_value tensorResult(napi_env env, TensorTable& tensors, at::Tensor tensor,
                        const std::vector<std::pair<const c10::TensorImpl*, int64_t>>& given) {
  if (!tensor.defined()) return js::null(env);
  for (const auto& argument : given) {
    // A getter of an array that was read meanwhile may have released the handle.
    if (argument.first == tensor.unsafeGetTensorImpl() && tensors.holds(argument.second, tensor)) {
      return js::fromNumber(env, argument.second);
    }
  }
  return js::fromNumber(env, tensors.add(std::move(tensor)));
}

}  // namespace

Operator Operator::find(const std::string& name, const std::string& overload) {
  const auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
  TORCH_CHECK(handle.has_value(), "libtorch ", TORCH_VERSION, " has no operator ", name,
              overload.empty() ? "" : ".", overload);
  Operator found(*handle);
  for (const c10::Argument& argument : handle->schema().arguments()) found.plans_.push_back(planOf(argument));
  return found;
}

napi_value Operator::call(napi_env env, TensorTable& tensors, at::Device device, const napi_value* arguments,
                          size_t count) const {
  const std::string& name = handle_.schema().name();
  TORCH_CHECK(count <= plans_.size(), name, " takes ", plans_.size(), " arguments, not ", count);
  torch::jit::Stack stack;
  stack.reserve(plans_.size());
  std::vector<std::pair<const c10::TensorImpl*, int64_t>> given;
  for (size_t i = 0; i < plans_.size(); ++i) {
    const ArgumentPlan& plan = plans_[i];
    const bool absent = i >= count || js::isUndefined(env, arguments[i]);
    if (plan.kind == TypeKind::DeviceObjType && !device.is_cpu() && (absent || js::isNull(env, arguments[i]))) {
      stack.push_back(device);
      continue;
    }
    if (absent) {
      TORCH_CHECK(plan.fallback.has_value() || plan.optional, name, ": the argument '", plan.name, "' is missing");
      stack.push_back(plan.fallback.has_value() ? *plan.fallback : IValue());
      continue;
    }
    if (plan.optional && js::isNull(env, arguments[i])) {
      stack.emplace_back();
      continue;
    }
    try {
      stack.push_back(plan.list ? listArgument(env, tensors, plan, arguments[i])
                                : single(env, tensors, plan, arguments[i]));
    } catch (const c10::Error& error) {
      TORCH_CHECK(false, name, ": argument '", plan.name, "': ", error.what_without_backtrace());
    }
    if (plan.written) {
      given.emplace_back(stack.back().toTensor().unsafeGetTensorImpl(), js::integer(env, arguments[i]));
    }
  }
  handle_.callBoxed(&stack);

  const auto convert = [&](IValue& value) -> napi_value {
    if (value.isTensor()) return tensorResult(env, tensors, std::move(value).toTensor(), given);
    if (value.isDouble()) return js::fromNumber(env, value.toDouble());
    if (value.isInt()) return js::fromNumber(env, static_cast<double>(value.toInt()));
    if (value.isBool()) return js::fromBoolean(env, value.toBool());
    if (value.isScalar()) return js::fromNumber(env, value.toScalar().toDouble());
    if (value.isTensorList()) {
      const auto list = value.toTensorVector();
      napi_value array = js::array(env, list.size());
      for (size_t i = 0; i < list.size(); ++i) {
        js::setElement(env, array, i, tensorResult(env, tensors, list[i], given));
      }
      return array;
    }
    TORCH_CHECK(false, name, " returns a ", value.tagKind(), ", which cannot be given to JavaScript");
  };
  if (stack.empty()) return js::undefined(env);
  if (stack.size() == 1) return convert(stack[0]);
  napi_value array = js::array(env, stack.size());
  for (size_t i = 0; i < stack.size(); ++i) js::setElement(env, array, i, convert(stack[i]));
  return array;
}

}  // namespace tfjs
