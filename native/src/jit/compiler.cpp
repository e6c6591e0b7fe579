#include "compiler.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>

#if defined(__linux__)
#include <pthread.h>
#endif

namespace gfn::jit {

/** About 1 ms: as long as compiling takes, or less. */
constexpr int64_t kWorthwhile = int64_t{16} << 20;
/** Pieces of code that are kept for nobody in particular. */
constexpr size_t kKept = 256;

/** One per process, and never destroyed: programs end at any time. */
class Compiler {
 public:
  static Compiler& the() {
    static Compiler* compiler = new Compiler();
    return *compiler;
  }

  void request(const std::shared_ptr<Slot>& slot, std::function<std::string()> write) {
    std::unique_lock lock(mutex_);
    if (stopped_) return;
    queue_.push_back({slot, std::move(write)});
    if (!started_) start();
    changed_.notify_all();
    if (mode_.load() == Mode::Wait) idle(lock);
  }

  void drain() {
    std::unique_lock lock(mutex_);
    idle(lock);
  }

  bool ready(bool wait) {
    std::unique_lock lock(mutex_);
    if (stopped_ || mode_.load() == Mode::Off) return false;
    if (!started_) start();
    if (wait) loaded_.wait(lock, [&] { return tried_ || stopped_; });
    return llvm_ != nullptr;
  }

  State state() {
    std::unique_lock lock(mutex_);
    State copy = state_;
    copy.waiting = static_cast<int64_t>(queue_.size()) + busy_;
    return copy;
  }

  void stop() {
    std::thread ending;
    {
      std::unique_lock lock(mutex_);
      stopped_ = true;
      changed_.notify_all();
      done_.notify_all();
      ending = std::move(thread_);
    }
    if (ending.joinable() && ending.get_id() != std::this_thread::get_id()) ending.join();
    else if (ending.joinable()) ending.detach();
  }

  std::atomic<Mode> mode_{Mode::Background};
  std::string path_;

 private:
  struct Request {
    std::shared_ptr<Slot> slot;
    std::function<std::string()> write;
  };

  void idle(std::unique_lock<std::mutex>& lock) {
    done_.wait(lock, [&] { return stopped_ || (queue_.empty() && busy_ == 0); });
  }

  void start() {
    started_ = true;
    try {
      thread_ = std::thread([this] { work(); });
    } catch (const std::exception& e) {
      state_.missing = "no thread could be started for it";
      stopped_ = tried_ = true;
    }
  }

  void work() {
#if defined(__linux__)
    pthread_setname_np(pthread_self(), "graphfn-compile");
#endif
    auto begin = std::chrono::steady_clock::now();
    std::string why;
    std::unique_ptr<Llvm> llvm = Llvm::load(path_, why);
    {
      std::unique_lock lock(mutex_);
      llvm_ = llvm.get();
      llvm.release();  // for good: code of it may run until the end
      tried_ = true;
      if (llvm_ != nullptr) {
        state_.library = "LLVM " + llvm_->version;
        // After the library's own, and so before them when the process ends: no code generator runs while they are taken down. (Ends
        // during loading are stop()'s, which JavaScript calls.)
        std::atexit([] { Compiler::the().stop(); });
      } else {
        state_.missing = why;
      }
      loaded_.notify_all();
    }
    while (true) {
      Request next;
      {
        std::unique_lock lock(mutex_);
        state_.milliseconds += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
        busy_ = 0;
        if (queue_.empty()) done_.notify_all();
        changed_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
        if (stopped_) return;
        next = std::move(queue_.front());
        queue_.pop_front();
        busy_ = 1;
      }
      begin = std::chrono::steady_clock::now();
      // Nobody else holds it: the program is gone.
      if (llvm_ != nullptr && next.slot.use_count() > 1) compile(next);
      next = {};
    }
  }

  void compile(const Request& request) {
    std::string text = request.write();
    if (text.empty()) return;
    std::shared_ptr<Code> code = find(text);
    const bool known = code != nullptr;
    std::string why;
    if (!known) code = llvm_->compile(text, why);
    if (code != nullptr) {
      request.slot->code_ = code;
      request.slot->address_.store(code->address, std::memory_order_release);
      if (!known) keep(std::move(text), code);
    }
    std::unique_lock lock(mutex_);
    if (known) state_.reused++;
    else if (code != nullptr) state_.compiled++;
    else {
      state_.failed++;
      state_.failure = why;
    }
  }

  /** Newest first. Used by the compiler's thread alone. */
  std::shared_ptr<Code> find(const std::string& text) {
    const auto found = byText_.find(text);
    if (found == byText_.end()) return nullptr;
    kept_.splice(kept_.begin(), kept_, found->second);
    return kept_.front().second;
  }

  void keep(std::string text, const std::shared_ptr<Code>& code) {
    kept_.emplace_front(std::move(text), code);
    byText_[kept_.front().first] = kept_.begin();
    while (kept_.size() > kKept) {
      byText_.erase(kept_.back().first);
      kept_.pop_back();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_, done_, loaded_;
  std::deque<Request> queue_;
  bool started_ = false, stopped_ = false, tried_ = false;
  int busy_ = 0;
  std::thread thread_;
  Llvm* llvm_ = nullptr;
  State state_ = {};
  std::list<std::pair<std::string, std::shared_ptr<Code>>> kept_;
  std::unordered_map<std::string, decltype(kept_)::iterator> byText_;
};

bool Slot::worthwhile(int64_t work) {
  if (asked_.load(std::memory_order_relaxed)) return false;
  const Mode now = mode();
  if (now == Mode::Off) return false;
  if (now == Mode::Background && work_.fetch_add(work, std::memory_order_relaxed) + work < kWorthwhile) return false;
  return !asked_.exchange(true, std::memory_order_relaxed);
}

void request(const std::shared_ptr<Slot>& slot, std::function<std::string()> write) { Compiler::the().request(slot, std::move(write)); }
void setMode(Mode mode, const std::string& path) {
  Compiler::the().path_ = path;
  Compiler::the().mode_.store(mode);
}
Mode mode() { return Compiler::the().mode_.load(std::memory_order_relaxed); }
State state() { return Compiler::the().state(); }
void drain() { Compiler::the().drain(); }
bool ready(bool wait) { return Compiler::the().ready(wait); }
void stop() { Compiler::the().stop(); }

}  // namespace gfn::jit
