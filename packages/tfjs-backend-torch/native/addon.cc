// The Node-API surface: operators by name, tensors in and out, memory, threads. Everything else is TypeScript.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <node_api.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <new>
#include <thread>
#include <vector>

#include "allocator.h"
#include "js.h"
#include "operators.h"
#include "tensors.h"

namespace tfjs {
namespace {

constexpr uint32_t kLargestRank = 64;  // as many axes as libtorch's iterators take
constexpr int64_t kLargestTypedArray = 0xffffffff;  // values; the shortest limit of the versions of Node
constexpr size_t kProbedBytes = 64 << 20;

struct Addon {
  TensorTable tensors;
  // A deque, since a getter of an array that an operator reads may resolve another operator meanwhile.
  std::deque<Operator> operators;
  at::Device device = at::kCPU;
};

// The arguments of a call, in place while they are few, as nearly always. Missing arguments are undefined.
class Call {
 public:
  Call(napi_env environment, napi_callback_info info, Addon& itsAddon) : env(environment), addon(itsAddon) {
    js::check(napi_get_cb_info(env, info, &count, few_, nullptr, nullptr), "a call");
    if (count <= kFew) return;
    many_.resize(count);
    js::check(napi_get_cb_info(env, info, &count, many_.data(), nullptr, nullptr), "a call");
    arguments = many_.data();
  }
  Call(const Call&) = delete;

 private:
  static constexpr size_t kFew = 32;
  napi_value few_[kFew] = {};
  std::vector<napi_value> many_;

 public:
  const napi_env env;
  Addon& addon;
  size_t count = kFew;
  const napi_value* arguments = few_;
};

void throwError(napi_env env, const char* code, const std::string& message) {
  napi_throw_error(env, code, message.c_str());
}

// torch appends its stack to messages; the first paragraph is the message proper.
std::string firstLines(const std::string& message) {
  const size_t end = message.find("\nException raised from");
  return end == std::string::npos ? message : message.substr(0, end);
}

bool isOutOfMemory(const std::string& message) {
  return message.find("can't allocate memory") != std::string::npos ||
         message.find("out of memory") != std::string::npos;
}

// Wraps a function so that every C++ exception becomes a JavaScript error.
template <napi_value (*function)(Call&)>
napi_value entry(napi_env env, napi_callback_info info) {
  try {
    void* data = nullptr;
    js::check(napi_get_instance_data(env, &data), "a running environment");
    TORCH_CHECK(data != nullptr, "the addon is not loaded in this environment");
    Call call(env, info, *static_cast<Addon*>(data));
    // TensorFlow.js records the gradients, so libtorch's own recording is off.
    const c10::InferenceMode guard;
    return function(call);
  } catch (const c10::Error& error) {
    const std::string message = firstLines(error.what_without_backtrace());
    throwError(env, isOutOfMemory(message) ? "ERR_TORCH_OUT_OF_MEMORY" : "ERR_TORCH", message);
  } catch (const std::bad_alloc&) {
    throwError(env, "ERR_TORCH_OUT_OF_MEMORY", "out of memory");
  } catch (const std::exception& error) {
    throwError(env, "ERR_TORCH", firstLines(error.what()));
  } catch (...) {
    throwError(env, "ERR_TORCH", "an operator failed without a message");
  }
  return nullptr;
}

at::ScalarType scalarType(const std::string& dtype) {
  if (dtype == "float32") return at::kFloat;
  if (dtype == "int32") return at::kInt;
  if (dtype == "bool") return at::kBool;
  TORCH_CHECK(false, "the dtype '", dtype, "' has no tensor in libtorch; expected float32, int32 or bool");
}

// resolve(name, overload): the number under which call() knows the operator.
napi_value resolve(Call& call) {
  call.addon.operators.push_back(
      Operator::find(js::string(call.env, call.arguments[0]), js::string(call.env, call.arguments[1])));
  return js::fromNumber(call.env, call.addon.operators.size() - 1);
}

// call(operator, ...arguments)
napi_value callOperator(Call& call) {
  const int64_t id = js::integer(call.env, call.arguments[0]);
  TORCH_CHECK(id >= 0 && id < static_cast<int64_t>(call.addon.operators.size()), "no operator has the number ", id);
  return call.addon.operators[id].call(call.env, call.addon.tensors, call.addon.device, call.arguments + 1,
                                       call.count == 0 ? 0 : call.count - 1);
}

// The shape in an array: integers of at least 0 whose product is an integer, too.
std::vector<int64_t> shapeFrom(napi_env env, napi_value array, int64_t& size) {
  const uint32_t rank = js::length(env, array);
  TORCH_CHECK(rank <= kLargestRank, "the shape has ", rank, " axes; expected at most ", kLargestRank);
  std::vector<int64_t> shape;
  size = 1;
  for (uint32_t i = 0; i < rank; ++i) {
    const int64_t length = js::integer(env, js::element(env, array, i));
    TORCH_CHECK(length >= 0, "the shape holds ", length, "; expected sizes of at least 0");
    TORCH_CHECK(!__builtin_mul_overflow(size, length, &size), "the shape holds more values than there can be");
    shape.push_back(length);
  }
  return shape;
}

// fromTypedArray(values, shape, dtype): a copy of the values as a tensor.
napi_value fromTypedArray(Call& call) {
  // First, since a getter in the array may take the memory of the values away.
  int64_t size;
  const std::vector<int64_t> shape = shapeFrom(call.env, call.arguments[1], size);
  const std::string dtype = js::string(call.env, call.arguments[2]);
  const at::ScalarType scalar = scalarType(dtype);
  napi_typedarray_type type;
  size_t length;
  void* data;
  js::check(napi_get_typedarray_info(call.env, call.arguments[0], &type, &length, &data, nullptr, nullptr),
            "a typed array");
  const bool fits = (scalar == at::kFloat && type == napi_float32_array) ||
                    (scalar == at::kInt && type == napi_int32_array) ||
                    (scalar == at::kBool && (type == napi_uint8_array || type == napi_uint8_clamped_array));
  TORCH_CHECK(fits, "the typed array does not hold values of the dtype ", dtype);
  TORCH_CHECK(size == static_cast<int64_t>(length), "the shape holds ", size, " values, but ", length, " were given");
  at::Tensor tensor = at::empty(shape, at::TensorOptions(scalar));
  if (length > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
  if (scalar == at::kBool) tensor = tensor.view(at::kByte).ne(0);  // any non-zero byte is true
  if (!call.addon.device.is_cpu()) tensor = tensor.to(call.addon.device);
  return js::fromNumber(call.env, call.addon.tensors.add(std::move(tensor)));
}

// Node ends the process where it cannot allocate the memory of an array, so a large allocation is tried beforehand.
void checkAllocatable(size_t bytes) {
  if (bytes < kProbedBytes) return;
  void* const probe = std::malloc(bytes);
  TORCH_CHECK(probe != nullptr, "can't allocate memory: ", bytes, " bytes were asked for by an array of JavaScript");
  std::free(probe);
}

// toTypedArray(handle): the values in row-major order, copied.
napi_value toTypedArray(Call& call) {
  at::Tensor tensor = call.addon.tensors.get(js::integer(call.env, call.arguments[0]));
  TORCH_CHECK(tensor.numel() <= kLargestTypedArray, "the tensor holds ", tensor.numel(),
              " values, more than an array of JavaScript can");
  tensor = tensor.cpu();
  napi_typedarray_type type = napi_float32_array;
  switch (tensor.scalar_type()) {
    case at::kBool:
    case at::kByte:
      type = napi_uint8_array;
      break;
    case at::kInt:
      type = napi_int32_array;
      break;
    case at::kLong:
      type = napi_int32_array;
      tensor = tensor.to(at::kInt);
      break;
    default:
      tensor = tensor.to(at::kFloat);
  }
  tensor = tensor.contiguous();
  checkAllocatable(tensor.nbytes());
  void* data;
  napi_value buffer;
  js::check(napi_create_arraybuffer(call.env, tensor.nbytes(), &data, &buffer), "memory for the values");
  if (tensor.nbytes() > 0) std::memcpy(data, tensor.data_ptr(), tensor.nbytes());
  napi_value result;
  js::check(napi_create_typedarray(call.env, type, tensor.numel(), buffer, 0, &result), "a typed array");
  return result;
}

napi_value shapeOf(Call& call) {
  const at::Tensor& tensor = call.addon.tensors.get(js::integer(call.env, call.arguments[0]));
  napi_value shape = js::array(call.env, tensor.dim());
  for (int64_t i = 0; i < tensor.dim(); ++i) {
    js::setElement(call.env, shape, i, js::fromNumber(call.env, static_cast<double>(tensor.size(i))));
  }
  return shape;
}

napi_value dtypeOf(Call& call) {
  const at::Tensor& tensor = call.addon.tensors.get(js::integer(call.env, call.arguments[0]));
  return js::fromString(call.env, c10::toString(tensor.scalar_type()));
}

napi_value isExclusive(Call& call) {
  return js::fromBoolean(call.env, call.addon.tensors.isExclusive(js::integer(call.env, call.arguments[0])));
}

// dispose(...handles): all of them, or none where one of them does not exist.
napi_value dispose(Call& call) {
  std::vector<int64_t> handles(call.count);
  for (size_t i = 0; i < call.count; ++i) {
    handles[i] = js::integer(call.env, call.arguments[i]);
    call.addon.tensors.get(handles[i]);
  }
  std::sort(handles.begin(), handles.end());
  const auto twice = std::adjacent_find(handles.begin(), handles.end());
  if (twice != handles.end()) TORCH_CHECK(false, "tensor ", *twice, " is given twice");
  for (const int64_t handle : handles) call.addon.tensors.release(handle);
  return js::undefined(call.env);
}

// replace(handle, other): `other` takes over the handle of the first, and its own is released.
napi_value replace(Call& call) {
  const int64_t other = js::integer(call.env, call.arguments[1]);
  const int64_t handle = js::integer(call.env, call.arguments[0]);
  if (handle == other) {
    call.addon.tensors.get(handle);
    return js::undefined(call.env);
  }
  call.addon.tensors.replace(handle, call.addon.tensors.get(other));
  call.addon.tensors.release(other);
  return js::undefined(call.env);
}

napi_value memory(Call& call) {
  const TensorTable& tensors = call.addon.tensors;
  const AllocatorStatistics allocator = allocatorStatistics();
  napi_value result = js::object(call.env);
  const auto set = [&](const char* name, double value) {
    js::setProperty(call.env, result, name, js::fromNumber(call.env, value));
  };
  set("tensors", tensors.count());
  set("bytes", tensors.bytes());
  set("peakBytes", tensors.peakBytes());
  set("allocatedBytes", allocator.allocated);
  set("peakAllocatedBytes", allocator.peakAllocated);
  set("cachedBytes", allocator.cached);
  return result;
}

napi_value resetPeakMemory(Call& call) {
  call.addon.tensors.resetPeak();
  resetAllocatorPeak();
  return js::undefined(call.env);
}

napi_value releaseCache(Call& call) {
  releaseAllocatorCache();
  return js::undefined(call.env);
}

napi_value getThreads(Call& call) { return js::fromNumber(call.env, at::get_num_threads()); }

napi_value setThreads(Call& call) {
  // OpenMP ends the process where it cannot start as many as it is told.
  const int64_t most = std::max<int64_t>(16, 4 * static_cast<int64_t>(std::thread::hardware_concurrency()));
  const int64_t wanted = js::integer(call.env, call.arguments[0]);
  TORCH_CHECK(wanted >= 1 && wanted <= most, "threads is ", wanted, "; expected 1 to ", most, " on this machine");
  const int threads = static_cast<int>(wanted);
  at::set_num_threads(threads);
  // OpenBLAS keeps threads of its own, which libtorch does not set.
  using SetThreads = void (*)(int);
  if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
  return js::undefined(call.env);
}

napi_value setSeed(Call& call) {
  const int64_t seed = js::integer(call.env, call.arguments[0]);
  TORCH_CHECK(seed >= 0, "seed is ", seed, "; expected an integer of at least 0");
  at::manual_seed(static_cast<uint64_t>(seed));
  return js::undefined(call.env);
}

napi_value setDevice(Call& call) {
  const at::Device device(js::string(call.env, call.arguments[0]));
  TORCH_CHECK(device.is_cpu() || (device.is_cuda() && at::hasCUDA()), "libtorch ", TORCH_VERSION,
              " as found here cannot use the device '", device.str(), "'");
  // A tensor, since this fails now where the driver is missing, and says which of several GPUs 'cuda' is.
  call.addon.device = at::empty({1}, at::TensorOptions(at::kFloat).device(device)).device();
  return js::undefined(call.env);
}

// The version of the libtorch that is loaded, which may have been replaced since this was compiled.
std::string loadedVersion() {
  const std::string config = at::show_config();
  const std::string key = "TORCH_VERSION=";
  const size_t from = config.find(key);
  if (from == std::string::npos) return TORCH_VERSION;
  const size_t start = from + key.size();
  return config.substr(start, config.find_first_of(", \n", start) - start);
}

napi_value describe(Call& call) {
  napi_value result = js::object(call.env);
  js::setProperty(call.env, result, "version", js::fromString(call.env, TORCH_VERSION));
  js::setProperty(call.env, result, "loadedVersion", js::fromString(call.env, loadedVersion()));
  js::setProperty(call.env, result, "cuda", js::fromBoolean(call.env, at::hasCUDA()));
  js::setProperty(call.env, result, "onednn", js::fromBoolean(call.env, at::hasMKLDNN()));
  js::setProperty(call.env, result, "device", js::fromString(call.env, call.addon.device.str()));
  return result;
}

template <napi_value (*function)(Call&)>
void expose(napi_env env, napi_value exports, const char* name) {
  napi_value value;
  js::check(napi_create_function(env, name, NAPI_AUTO_LENGTH, entry<function>, nullptr, &value), "a function");
  js::setProperty(env, exports, name, value);
}

}  // namespace
}  // namespace tfjs

NAPI_MODULE_INIT() {
  using namespace tfjs;
  try {
    js::check(napi_set_instance_data(
                  env, new Addon, [](napi_env, void* data, void*) { delete static_cast<Addon*>(data); }, nullptr),
              "a running environment");
    installAllocator();
    expose<resolve>(env, exports, "resolve");
    expose<callOperator>(env, exports, "call");
    expose<fromTypedArray>(env, exports, "fromTypedArray");
    expose<toTypedArray>(env, exports, "toTypedArray");
    expose<shapeOf>(env, exports, "shapeOf");
    expose<dtypeOf>(env, exports, "dtypeOf");
    expose<isExclusive>(env, exports, "isExclusive");
    expose<dispose>(env, exports, "dispose");
    expose<replace>(env, exports, "replace");
    expose<memory>(env, exports, "memory");
    expose<resetPeakMemory>(env, exports, "resetPeakMemory");
    expose<releaseCache>(env, exports, "releaseCache");
    expose<getThreads>(env, exports, "getThreads");
    expose<setThreads>(env, exports, "setThreads");
    expose<setSeed>(env, exports, "setSeed");
    expose<setDevice>(env, exports, "setDevice");
    expose<describe>(env, exports, "describe");
  } catch (const std::exception& error) {
    napi_throw_error(env, "ERR_TORCH", firstLines(error.what()).c_str());
  }
  return exports;
}
