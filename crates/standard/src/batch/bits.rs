//! Tests on the 64 numbers of a block, as bits.

/// One bit per lane. The results are bytes first, which the compiler vectorises; then their highest bits are collected. A macro and no function of a
/// closure, so that the test is compiled for the processor that the engine is compiled for.
macro_rules! bits {
    (|$lane:ident| $test:expr) => {{
        let mut answers = [0u8; 64];
        for $lane in 0..64 {
            answers[$lane] = u8::from($test).wrapping_neg();
        }
        $crate::batch::bits::collected(&answers)
    }};
}
pub(super) use bits;

/// One bit for each of 64 bytes that are all ones or all zeros.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn collected(answers: &[u8; 64]) -> u64 {
    use std::arch::x86_64::{_mm_movemask_epi8, _mm_set_epi64x};

    let mut word = 0u64;
    for (group, bytes) in answers.as_chunks::<16>().0.iter().enumerate() {
        let (halves, _) = bytes.as_chunks::<8>();
        let (low, high) = (i64::from_le_bytes(halves[0]), i64::from_le_bytes(halves[1]));
        #[expect(unsafe_code, reason = "SSE2 is in every processor of this kind")]
        let mask = unsafe { _mm_movemask_epi8(_mm_set_epi64x(high, low)) };
        word |= u64::from(mask.cast_unsigned()) << (group * 16);
    }
    word
}

/// The same by a multiplication, which brings the lowest bits of eight bytes together.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn collected(answers: &[u8; 64]) -> u64 {
    let mut word = 0u64;
    for (group, bytes) in answers.as_chunks::<8>().0.iter().enumerate() {
        let ones = u64::from_le_bytes(*bytes) & 0x0101_0101_0101_0101;
        word |= (ones.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (group * 8);
    }
    word
}
