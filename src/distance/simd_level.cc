#include "distance/simd_level.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace phenix::distance {
namespace {

struct CpuRegisters {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

CpuRegisters Cpuid(unsigned leaf, unsigned subleaf) {
  CpuRegisters registers;
  if (__get_cpuid_count(leaf, subleaf, &registers.eax, &registers.ebx, &registers.ecx,
                        &registers.edx) == 0) {
    return {};
  }
  return registers;
}

bool HasBit(unsigned value, unsigned bit) { return ((value >> bit) & 1U) != 0; }

// Which register files the operating system saves on a context switch.
std::uint64_t SavedState() {
  unsigned low = 0;
  unsigned high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<std::uint64_t>(high) << 32U) | low;
}

bool AmxPermitted() {
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr long kGetPermission = 0x1022;      // ARCH_GET_XCOMP_PERM
  constexpr unsigned kTileDataFeature = 18;
  if (syscall(SYS_arch_prctl, kRequestPermission, kTileDataFeature) != 0) return false;
  std::uint64_t granted = 0;
  if (syscall(SYS_arch_prctl, kGetPermission, &granted) != 0) return false;
  return ((granted >> kTileDataFeature) & 1U) != 0;
}

// Bit places: Intel SDM volume 2, CPUID; volume 1, 13.3 (XCR0).
SimdLevel Detect() {
  const CpuRegisters basic = Cpuid(1, 0);
  if (!HasBit(basic.ecx, 27)) return SimdLevel::kScalar;  // OSXSAVE
  const std::uint64_t saved = SavedState();
  constexpr std::uint64_t kYmm = 0x6;
  constexpr std::uint64_t kZmm = 0xE6;
  constexpr std::uint64_t kTiles = 0x60000;
  const CpuRegisters extended = Cpuid(7, 0);
  const bool fma = HasBit(basic.ecx, 12) && HasBit(basic.ecx, 29);  // FMA, F16C
  if ((saved & kYmm) != kYmm || !fma || !HasBit(extended.ebx, 5)) return SimdLevel::kScalar;
  const bool wide = HasBit(extended.ebx, 16) && HasBit(extended.ebx, 17) &&
                    HasBit(extended.ebx, 30) && HasBit(extended.ebx, 31) &&
                    HasBit(extended.ecx, 11);  // F, DQ, BW, VL, VNNI
  if (!wide || (saved & kZmm) != kZmm) return SimdLevel::kAvx2;
  const bool tiles = HasBit(extended.edx, 24) && HasBit(extended.edx, 25);  // AMX-TILE, AMX-INT8
  if (!tiles || (saved & kTiles) != kTiles || !AmxPermitted()) return SimdLevel::kAvx512;
  return SimdLevel::kAmx;
}

}  // namespace

SimdLevel DetectedSimdLevel() {
  static const SimdLevel kLevel = Detect();
  return kLevel;
}

std::string_view SimdLevelName(SimdLevel level) {
  switch (level) {
    case SimdLevel::kScalar:
      return "scalar";
    case SimdLevel::kAvx2:
      return "avx2";
    case SimdLevel::kAvx512:
      return "avx512";
    case SimdLevel::kAmx:
      return "amx";
  }
  return "unknown";
}

Result<SimdLevel> ChooseSimdLevel(std::string_view forced) {
  if (forced.empty() || forced == "auto") return DetectedSimdLevel();
  for (int number = 0; number < kSimdLevelCount; ++number) {
    const auto level = static_cast<SimdLevel>(number);
    if (SimdLevelName(level) != forced) continue;
    if (level <= DetectedSimdLevel()) return level;
    return Status(StatusCode::kUnimplemented,
                  "this machine lacks a SIMD level: wanted=" + std::string(forced) +
                      " best=" + std::string(SimdLevelName(DetectedSimdLevel())));
  }
  return Status(StatusCode::kInvalidArgument,
                "unknown SIMD level (scalar, avx2, avx512, amx or auto): " + std::string(forced));
}

}  // namespace phenix::distance
