//! Tests on the 64 numbers of a block, as bits.

/// One bit per lane. The results are bytes first, which the compiler vectorises; a multiplication then collects the lowest bits of eight bytes into
/// one. A macro and no function of a closure, so that the test is compiled for the processor that the engine is compiled for.
macro_rules! bits {
    (|$lane:ident| $test:expr) => {{
        let mut answers = [0u8; 64];
        for $lane in 0..64 {
            answers[$lane] = u8::from($test);
        }
        $crate::batch::bits::collected(&answers)
    }};
}
pub(super) use bits;

/// The lowest bits of 64 bytes.
#[inline(always)]
pub(crate) fn collected(answers: &[u8; 64]) -> u64 {
    let mut word = 0u64;
    for (group, bytes) in answers.as_chunks::<8>().0.iter().enumerate() {
        let byte = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= byte << (group * 8);
    }
    word
}
