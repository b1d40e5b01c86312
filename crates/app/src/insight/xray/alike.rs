//! Photos that look alike: how each looks is worked out once, from its content; which are near is found in memory, over the looks of the whole city.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use jianjia_domain::{
    core::ids::UnitId,
    insight::xray::{
        AlikePhoto, OtherPhoto,
        look::{Look, Looks, SIDE},
    },
    year::evidence::MediaType,
};
use jianjia_standard::programme::{LooksFor, XrayRule};
use jianjia_store::{
    core::{db::Tx, file::Kept},
    insight::xray::{self as store, Photo},
};

use crate::{
    core::{app::App, error::Result},
    year::evidence::shades,
};

/// More of one photo's likes are not looked at: a logo that five thousand unions upload is one finding for each of them, with so many beside it.
const LIKES_AT_MOST: usize = 100;

/// The photos of the year that look like another union's, by their unions.
#[derive(Default)]
pub(crate) struct Alike {
    of: HashMap<UnitId, Vec<AlikePhoto>>,
}

impl Alike {
    /// Reads all photos, if a rule asks for them.
    pub(super) async fn read(tx: &mut Tx, rules: &[XrayRule], year: i16) -> Result<Alike> {
        let distances = rules.iter().filter_map(|rule| match rule.looks_for {
            LooksFor::SamePhoto { distance } => Some(distance),
            _ => None,
        });
        let Some(distance) = distances.max() else {
            return Ok(Alike::default());
        };
        let photos = store::photos(tx).await?;
        let used = store::used(tx, year).await?;
        let found = tokio::task::spawn_blocking(move || {
            let is_used = |photo: &Photo| used.contains(&photo.evidence);
            alike(&photos, is_used, distance)
        });
        Ok(found.await.map_err(anyhow::Error::from)?)
    }

    pub(super) fn of(&self, unit: &UnitId) -> Vec<AlikePhoto> {
        self.of.get(unit).cloned().unwrap_or_default()
    }
}

fn alike(photos: &[Photo], is_used: impl Fn(&Photo) -> bool, distance: u32) -> Alike {
    // Each content once, however many have it.
    let mut contents: BTreeMap<&str, Vec<&Photo>> = BTreeMap::new();
    for photo in photos {
        contents.entry(&photo.content).or_default().push(photo);
    }
    let contents: Vec<Vec<&Photo>> = contents.into_values().collect();
    // What can't be decoded is near to nothing, as a blank sheet is.
    let look_of = |photos: &Vec<&Photo>| photos.first().and_then(|photo| photo.look);
    let looks = contents
        .iter()
        .map(|photos| look_of(photos).unwrap_or(Look(0)));
    let index = Looks::of(looks.collect(), distance);
    let mut alike = Alike::default();
    for (place, of_content) in contents.iter().enumerate() {
        if !of_content.iter().any(|photo| is_used(photo)) {
            continue;
        }
        let mut near = index.near(look_of(of_content).unwrap_or(Look(0)));
        near.insert(place, 0);
        let mut near: Vec<(u32, usize)> = near
            .into_iter()
            .map(|(place, away)| (away, place))
            .collect();
        near.sort_unstable();
        for photo in of_content.iter().filter(|photo| is_used(photo)) {
            let others = near
                .iter()
                .flat_map(|(away, place)| contents[*place].iter().map(move |other| (away, other)))
                .filter(|(_, other)| other.unit != photo.unit)
                .take(LIKES_AT_MOST)
                .map(|(away, other)| OtherPhoto {
                    distance: *away,
                    unit: other.unit,
                    unit_name: other.unit_name.clone(),
                    evidence: other.evidence,
                    content: other.content.clone(),
                });
            let others: Vec<OtherPhoto> = others.collect();
            if !others.is_empty() {
                alike.of.entry(photo.unit).or_default().push(AlikePhoto {
                    content: photo.content.clone(),
                    evidence: photo.evidence,
                    name: photo.name.clone(),
                    others,
                });
            }
        }
    }
    alike
}

/// Works out how photos look; none of what is damaged or can't be decoded, so that it is not tried again each night.
pub(super) async fn look_at(
    app: &App,
    photos: Vec<(String, MediaType)>,
) -> Result<Vec<(String, Option<Look>)>> {
    let mut looks = Vec::with_capacity(photos.len());
    for (hash, media_type) in photos {
        let content = match app.files.get(&hash).await? {
            Some(Kept::Whole(bytes)) => Some(bytes),
            Some(Kept::Damaged) | None => None,
        };
        let look = match content {
            Some(bytes) => {
                let decoding = tokio::task::spawn_blocking(move || look_of(media_type, &bytes));
                decoding.await.map_err(anyhow::Error::from)?
            }
            None => None,
        };
        looks.push((hash, look));
    }
    Ok(looks)
}

fn look_of(media_type: MediaType, bytes: &Bytes) -> Option<Look> {
    let (width, height) = (u32::try_from(SIDE + 1).ok()?, u32::try_from(SIDE).ok()?);
    let shades = shades(media_type, bytes, (width, height))?;
    let mut light = [[0; SIDE + 1]; SIDE];
    for (row, shades) in light.iter_mut().zip(shades.chunks_exact(SIDE + 1)) {
        row.copy_from_slice(shades);
    }
    Some(Look::of(&light))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, Rgb, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

    use super::*;

    /// A picture of nine by eight places, each of a shade of its own.
    fn photo(seed: u32) -> DynamicImage {
        let shade = |place: u32| {
            let mut bits = place
                .wrapping_mul(2_654_435_761)
                .wrapping_add(seed.wrapping_mul(40_503_u32.wrapping_mul(65_537)))
                .wrapping_add(seed);
            bits = (bits ^ (bits >> 15)).wrapping_mul(2_246_822_519);
            bits ^= bits >> 13;
            (bits % 8 * 32) as u8
        };
        DynamicImage::ImageRgb8(RgbImage::from_fn(720, 640, |x, y| {
            let light = shade(y / 80 * 9 + x / 80);
            Rgb([light; 3])
        }))
    }

    fn look(picture: &DynamicImage, quality: u8) -> Look {
        let mut bytes = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        picture.to_rgb8().write_with_encoder(encoder).unwrap();
        look_of(MediaType::Jpeg, &bytes.into()).unwrap()
    }

    #[test]
    fn the_same_photo_scaled_compressed_and_brightened_is_near_and_another_is_not() {
        // Seeds by which no two places beside each other come out nearly the same.
        let original = photo(156);
        let first = look(&original, 90);
        assert!(first.tells(), "{first}");
        let smaller = original.resize_exact(300, 260, FilterType::Triangle);
        for (what, other) in [
            ("compressed", look(&original, 40)),
            ("smaller", look(&smaller, 85)),
            ("brighter", look(&original.brighten(12), 85)),
        ] {
            assert!(first.distance(other) <= 3, "{what}: {first} {other}");
        }
        for seed in [202, 214, 346, 423] {
            let other = look(&photo(seed), 90);
            assert!(first.distance(other) > 7, "{seed}: {first} {other}");
        }
    }

    #[test]
    fn what_is_no_picture_has_no_look() {
        assert_eq!(
            look_of(MediaType::Jpeg, &Bytes::from_static(b"no picture")),
            None
        );
        let mut png = Vec::new();
        let blank = DynamicImage::ImageRgb8(RgbImage::from_pixel(90, 80, Rgb([255, 255, 255])));
        let written = blank.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png);
        written.unwrap();
        let look = look_of(MediaType::Png, &png.into()).unwrap();
        assert!(!look.tells());
    }
}
