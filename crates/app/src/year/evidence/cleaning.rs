//! A picture without its metadata (place, camera, owner). The cost of decoding is checked before decoding: a file of two megabytes can hold a
//! picture of two gigabytes.

use std::io::Cursor;

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::jpeg::JpegEncoder, metadata::Orientation,
};
use jianjia_domain::year::evidence::{LARGEST_PICTURE, MediaType};

/// The size limit of a decoded picture in bytes: the pixel limit at four bytes each. Rotating and encoding each take as much again.
const DECODED_LIMIT: u64 = 4 * LARGEST_PICTURE;
/// The size limit of anything compressed beside the pixels, such as a colour profile.
const BESIDE_LIMIT: u64 = 64 * 1024 * 1024;
/// The limit on scans of a progressive JPEG: programs make about ten, and each takes as long as a picture.
const PASSES_LIMIT: usize = 32;
const JPEG_QUALITY: u8 = 85;

/// Why a picture can't be cleaned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unclean {
    Broken,
    TooLarge { width: u32, height: u32 },
}

impl From<ImageError> for Unclean {
    fn from(_: ImageError) -> Unclean {
        Unclean::Broken
    }
}

/// The picture alone: rotated as its metadata says, and then without any metadata.
pub(super) fn clean(media_type: MediaType, bytes: &[u8]) -> Result<Bytes, Unclean> {
    let picture = decoded(media_type, bytes)?;
    let mut clean = Vec::new();
    if media_type == MediaType::Png {
        picture.write_to(&mut Cursor::new(&mut clean), ImageFormat::Png)?;
    } else {
        let plain = DynamicImage::ImageRgb8(picture.into_rgb8());
        plain.write_with_encoder(JpegEncoder::new_with_quality(&mut clean, JPEG_QUALITY))?;
    }
    Ok(clean.into())
}

/// The picture's pixels, upright, when decoding them stays within the limits.
pub(super) fn decoded(media_type: MediaType, bytes: &[u8]) -> Result<DynamicImage, Unclean> {
    let is_png = media_type == MediaType::Png;
    if !is_png && passes(bytes) > PASSES_LIMIT {
        return Err(Unclean::Broken);
    }
    let format = if is_png {
        ImageFormat::Png
    } else {
        ImageFormat::Jpeg
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    // The limit does not include the picture's own buffer, whose size the decoder tells.
    limits.max_alloc = Some(BESIDE_LIMIT);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > LARGEST_PICTURE || decoder.total_bytes() > DECODED_LIMIT {
        return Err(Unclean::TooLarge { width, height });
    }
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if orientation != Orientation::NoTransforms {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// The number of scans that a JPEG announces, without those of thumbnails within its metadata.
fn passes(bytes: &[u8]) -> usize {
    const START_OF_SCAN: u8 = 0xda;
    let mut passes = 0;
    let mut at = 2;
    while let Some(found) = bytes.get(at..).and_then(next_marker) {
        let (marker, begins) = (found.0, at + found.1);
        passes += usize::from(marker == START_OF_SCAN);
        at = match bytes.get(begins..begins + 2) {
            Some(length) if has_length(marker) => {
                begins + usize::from(u16::from_be_bytes([length[0], length[1]]))
            }
            _ => begins,
        };
    }
    passes
}

/// The next marker, and the offset of its content.
fn next_marker(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut pairs = bytes.windows(2).enumerate();
    // In the content of a scan, 0xff is followed by 0; fill bytes and restart markers are skipped.
    let (at, pair) = pairs.find(|(_, pair)| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff))?;
    Some((pair[1], at + 2))
}

fn has_length(marker: u8) -> bool {
    !matches!(marker, 0x01 | 0xd0..=0xd9)
}

#[cfg(test)]
mod tests {
    use std::{io::Write, time::Instant};

    use image::{GrayImage, ImageBuffer, Luma, Rgb, RgbImage, codecs::png::PngEncoder};

    use super::*;

    /// A PNG of one colour, of any size, made without ever being decompressed.
    fn flat_png(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
        let channels: u64 = match colour {
            0 | 3 => 1,
            2 => 3,
            4 => 2,
            _ => 4,
        };
        let row = (u64::from(width) * channels * u64::from(depth)).div_ceil(8) + 1;
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
        head.extend([depth, colour, 0, 0, 0]);
        chunk(&mut png, b"IHDR", &head);
        if colour == 3 {
            chunk(&mut png, b"PLTE", &[0, 0, 0]);
        }
        let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        let zeros = vec![0; 1 << 20];
        let mut left = row * u64::from(height);
        while left > 0 {
            let length = left.min(zeros.len() as u64);
            pixels.write_all(&zeros[..length as usize]).unwrap();
            left -= length;
        }
        chunk(&mut png, b"IDAT", &pixels.finish().unwrap());
        chunk(&mut png, b"IEND", &[]);
        png
    }

    fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
        png.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
        let named = [kind, content].concat();
        png.extend(&named);
        let mut check = flate2::Crc::new();
        check.update(&named);
        png.extend(check.sum().to_be_bytes());
    }

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = RgbImage::from_pixel(width, height, Rgb([200, 30, 30]));
        picture
            .write_with_encoder(JpegEncoder::new(&mut bytes))
            .unwrap();
        bytes
    }

    /// The same JPEG with other dimensions in its header.
    fn claiming(mut jpeg: Vec<u8>, width: u16, height: u16, kind: u8) -> Vec<u8> {
        let at = jpeg
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        jpeg[at + 1] = kind;
        jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
        jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
        jpeg
    }

    /// The peak memory of the process, in megabytes.
    fn peak_memory() -> Option<u64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace()
            .nth(1)?
            .parse::<u64>()
            .ok()
            .map(|kilobytes| kilobytes / 1024)
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded() {
        let large = [
            (
                flat_png(16_000, 16_000, 1, 0),
                MediaType::Png,
                16_000,
                16_000,
            ),
            (flat_png(40_000, 1_001, 1, 3), MediaType::Png, 40_000, 1_001),
            // Fewer pixels than the limit, eight bytes each.
            (flat_png(5_000, 4_001, 16, 6), MediaType::Png, 5_000, 4_001),
            (
                claiming(jpeg(8, 8), 65_000, 65_000, 0xc0),
                MediaType::Jpeg,
                65_000,
                65_000,
            ),
            (
                claiming(jpeg(8, 8), 8_000, 5_001, 0xc2),
                MediaType::Jpeg,
                8_000,
                5_001,
            ),
        ];
        let before = peak_memory();
        let begun = Instant::now();
        for (bytes, media_type, width, height) in large {
            let expect = Err(Unclean::TooLarge { width, height });
            assert_eq!(clean(media_type, &bytes), expect);
        }
        assert!(begun.elapsed().as_secs() < 5);
        if let (Some(before), Some(after)) = (before, peak_memory()) {
            assert!(after - before < 200, "{before} MB, then {after} MB");
        }
    }

    #[test]
    fn pictures_up_to_the_limit_are_taken() {
        for bytes in [flat_png(8_000, 5_000, 1, 0), flat_png(40_000_000, 1, 8, 0)] {
            assert!(clean(MediaType::Png, &bytes).is_ok());
        }
        assert!(clean(MediaType::Jpeg, &jpeg(4_000, 3_000)).is_ok());
    }

    #[test]
    fn what_is_packed_beside_the_pixels_is_bounded() {
        let mut png = Vec::new();
        let grey: GrayImage = ImageBuffer::from_pixel(4, 4, Luma([7]));
        grey.write_with_encoder(PngEncoder::new(&mut png)).unwrap();
        let mut profile = b"profile\0\0".to_vec();
        let mut packed =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        for _ in 0..200 {
            packed.write_all(&vec![0; 1 << 20]).unwrap();
        }
        profile.extend(packed.finish().unwrap());
        // After the header, which takes 33 bytes with the signature.
        let mut bomb = png[..33].to_vec();
        chunk(&mut bomb, b"iCCP", &profile);
        bomb.extend(&png[33..]);
        let before = peak_memory();
        // Accepted without its profile, or refused.
        let _ = clean(MediaType::Png, &bomb);
        if let (Some(before), Some(after)) = (before, peak_memory()) {
            assert!(after - before < 150, "{before} MB, then {after} MB");
        }
    }

    #[test]
    fn a_jpeg_of_very_many_passes_is_not_taken() {
        let plain = jpeg(64, 64);
        assert_eq!(passes(&plain), 1);
        let scan = plain
            .windows(2)
            .position(|pair| pair == [0xff, 0xda])
            .unwrap();
        let end = plain.len() - 2;
        let mut many = plain[..end].to_vec();
        for _ in 0..PASSES_LIMIT {
            many.extend(&plain[scan..end]);
        }
        many.extend(&plain[end..]);
        assert_eq!(passes(&many), PASSES_LIMIT + 1);
        assert_eq!(clean(MediaType::Jpeg, &many), Err(Unclean::Broken));
        for broken in [
            &b""[..],
            b"\xff",
            b"\xff\xd8",
            b"\xff\xd8\xff\xe1\xff",
            b"\xff\xd8\xff\xe1\0\0",
        ] {
            assert_eq!(passes(broken), 0);
            assert_eq!(clean(MediaType::Jpeg, broken), Err(Unclean::Broken));
        }
    }
}
