//! Small pictures of photos, for lists and desks: over a telephone's network a page of full ones takes minutes. Made when they are asked for and kept
//! in memory, the last used ones.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use image::{DynamicImage, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use jianjia_domain::{
    core::{ids::EvidenceId, policy::Actor},
    year::evidence::{Evidence, MediaType},
};
use tokio::runtime::Handle;

use super::{
    cleaning::{self, Unclean},
    content, seen,
};
use crate::core::{
    app::App,
    error::{Error, Result},
    turn::{Busy, Turns},
};

/// The longest side of a small picture, in pixels: enough for the 96 of a page on a sharp screen.
pub const SMALL_SIDE: u32 = 320;

const JPEG_QUALITY: u8 = 80;

/// Apart from the turns of uploads: a page full of photos keeps no upload waiting.
static SMALL: Turns = Turns::new(1);

/// The most bytes of small pictures in memory: some thousand of them.
const KEPT_AT_MOST: usize = 16 * 1024 * 1024;

/// A small JPEG of a photo, for anybody who may see its unit; none when too many others are being made.
///
/// # Errors
/// Not found as `open`, and when the piece is no picture; `Damaged` as `open`.
pub async fn small(app: &App, actor: &Actor, id: &EvidenceId) -> Result<Option<Bytes>> {
    let found = seen(app, actor, id).await?;
    small_of(app, found).await
}

/// As `small`, of a piece that was read already.
pub(crate) async fn small_of(app: &App, found: Evidence) -> Result<Option<Bytes>> {
    if !found.media_type.is_image() {
        return Err(Error::NotFound);
    }
    let kept = app.memory.of::<Mutex<Kept>>();
    if let Some(small) = of(&kept).find(&found.hash) {
        return Ok(Some(small));
    }
    let (app, runtime) = (app.clone(), Handle::current());
    let made = SMALL
        .take(move || -> Result<Bytes> {
            // Another request may have made it while this one waited.
            if let Some(small) = of(&kept).find(&found.hash) {
                return Ok(small);
            }
            // The file is read in its turn: those who wait hold none in memory.
            let bytes = runtime.block_on(content(&app, &found))?;
            // What can't be decoded is no picture, whatever it was taken for.
            let small = shrink(found.media_type, &bytes).map_err(|_| Error::NotFound)?;
            of(&kept).keep(found.hash, small.clone());
            Ok(small)
        })
        .await?;
    match made {
        Ok(small) => small.map(Some),
        Err(Busy) => Ok(None),
    }
}

/// The picture as a JPEG, no side longer than `SMALL_SIDE`; a smaller one is not enlarged.
fn shrink(media_type: MediaType, bytes: &[u8]) -> std::result::Result<Bytes, Unclean> {
    let mut picture = of_eight_bits(cleaning::decoded(media_type, bytes)?);
    if picture.width().max(picture.height()) > SMALL_SIDE {
        picture = picture.thumbnail(SMALL_SIDE, SMALL_SIDE);
    }
    let mut small = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut small, JPEG_QUALITY);
    on_white(picture).write_with_encoder(encoder)?;
    Ok(small.into_boxed_slice().into())
}

/// Scaling a very long picture adds up more values of 16 bits than its sums can hold.
fn of_eight_bits(picture: DynamicImage) -> DynamicImage {
    let color = picture.color();
    if color.bytes_per_pixel() == color.channel_count() {
        picture
    } else if color.has_alpha() {
        picture.into_rgba8().into()
    } else {
        picture.into_rgb8().into()
    }
}

/// A JPEG has no transparency; what shows through would turn black.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let clear = picture.into_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, alpha] = clear.get_pixel(x, y).0;
        let alpha = u16::from(alpha);
        let mixed = |value: u8| (u16::from(value) * alpha + 255 * (255 - alpha)) / 255;
        Rgb([red, green, blue].map(|value| u8::try_from(mixed(value)).unwrap_or(u8::MAX)))
    })
}

/// Small pictures by the content hash of the whole ones.
#[derive(Default)]
struct Kept {
    pictures: HashMap<String, Picture>,
    bytes: usize,
    /// Counts up with every use.
    uses: u64,
}

struct Picture {
    jpeg: Bytes,
    last_use: u64,
}

fn of(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    fn find(&mut self, hash: &str) -> Option<Bytes> {
        self.uses += 1;
        let picture = self.pictures.get_mut(hash)?;
        picture.last_use = self.uses;
        Some(picture.jpeg.clone())
    }

    /// Keeps one more, instead of those that were not used for longest.
    fn keep(&mut self, hash: String, jpeg: Bytes) {
        self.uses += 1;
        self.bytes += jpeg.len();
        let last_use = self.uses;
        let before = self.pictures.insert(hash, Picture { jpeg, last_use });
        self.bytes -= before.map_or(0, |before| before.jpeg.len());
        while self.bytes > KEPT_AT_MOST {
            let oldest = self.pictures.iter().min_by_key(|(_, one)| one.last_use);
            let Some(hash) = oldest.map(|(hash, _)| hash.clone()) else {
                return;
            };
            let gone = self.pictures.remove(&hash);
            self.bytes -= gone.map_or(0, |gone| gone.jpeg.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageBuffer, ImageFormat, Luma, Rgba};

    use super::*;

    fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture
            .into()
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    fn shrunk(bytes: &[u8]) -> RgbImage {
        let small = shrink(MediaType::Png, bytes).unwrap();
        image::load_from_memory_with_format(&small, ImageFormat::Jpeg)
            .unwrap()
            .into_rgb8()
    }

    #[test]
    fn the_longest_side_is_bounded_and_nothing_is_enlarged() {
        for (sides, expect) in [
            ((1_000, 500), (320, 160)),
            ((500, 1_000), (160, 320)),
            ((321, 321), (320, 320)),
            ((320, 40), (320, 40)),
            ((3, 2), (3, 2)),
            ((90_000, 1), (320, 1)),
        ] {
            let small = shrunk(&png(RgbImage::new(sides.0, sides.1)));
            assert_eq!(small.dimensions(), expect, "{sides:?}");
        }
    }

    #[test]
    fn a_very_long_picture_of_sixteen_bits_keeps_its_brightness() {
        let white = ImageBuffer::from_pixel(30_000_000, 1, Luma([u16::MAX]));
        let small = shrunk(&png(DynamicImage::ImageLuma16(white)));
        assert_eq!(small.dimensions(), (320, 1));
        assert!(small.get_pixel(160, 0).0.iter().all(|value| *value > 250));
    }

    #[test]
    fn what_is_transparent_shows_white() {
        let clear = ImageBuffer::from_pixel(400, 400, Rgba([0, 0, 0, 0]));
        let small = shrunk(&png(DynamicImage::ImageRgba8(clear)));
        assert!(small.get_pixel(9, 9).0.iter().all(|value| *value > 250));
    }

    #[test]
    fn what_would_fill_the_memory_or_is_broken_is_not_made_small() {
        let broken = shrink(MediaType::Jpeg, b"\xff\xd8");
        assert_eq!(broken, Err(Unclean::Broken));
        let long = png(ImageBuffer::<Luma<u8>, _>::new(40_000_001, 1));
        let large = Err(Unclean::TooLarge {
            width: 40_000_001,
            height: 1,
        });
        assert_eq!(shrink(MediaType::Png, &long), large);
    }

    #[test]
    fn those_used_last_are_kept_up_to_the_limit() {
        let mut kept = Kept::default();
        let quarter = Bytes::from(vec![0; KEPT_AT_MOST / 4]);
        for hash in ["a", "b", "c", "d", "d"] {
            kept.keep(hash.to_owned(), quarter.clone());
        }
        assert_eq!(kept.bytes, KEPT_AT_MOST);
        assert!(kept.find("a").is_some());
        kept.keep("e".to_owned(), quarter.clone());
        let held = ["a", "b", "c", "d", "e"].map(|hash| kept.find(hash).is_some());
        assert_eq!(held, [true, false, true, true, true]);
        // What is larger than all there is room for leaves nothing behind.
        kept.keep("f".to_owned(), Bytes::from(vec![0; KEPT_AT_MOST + 1]));
        assert_eq!((kept.bytes, kept.pictures.len()), (0, 0));
    }
}
