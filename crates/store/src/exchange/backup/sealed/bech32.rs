//! The encoding of keys.

/// Decodes 32 bytes from Bech32 (BIP 173) with a human-readable prefix.
pub(super) fn bech32(text: &str, word: &str) -> Option<[u8; 32]> {
    const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let data = text.trim().strip_prefix(word)?.strip_prefix('1')?;
    let values: Vec<u8> = data
        .bytes()
        .map(|byte| {
            let place = LETTERS.iter().position(|letter| *letter == byte)?;
            u8::try_from(place).ok()
        })
        .collect::<Option<_>>()?;
    let expanded = word
        .bytes()
        .map(|byte| byte >> 5)
        .chain([0])
        .chain(word.bytes().map(|byte| byte & 31))
        .chain(values.iter().copied());
    let mut check: u32 = 1;
    for value in expanded {
        let top = check >> 25;
        check = ((check & 0x01ff_ffff) << 5) ^ u32::from(value);
        for (bit, generator) in [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ]
        .into_iter()
        .enumerate()
        {
            if (top >> bit) & 1 == 1 {
                check ^= generator;
            }
        }
    }
    if check != 1 {
        return None;
    }
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(32);
    for value in &values[..values.len().checked_sub(6)?] {
        bits = (bits << 5) | u32::from(*value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    bytes.try_into().ok()
}
