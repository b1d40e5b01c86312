//! A picture's light and dark, coarsely: by which alike pictures are found.

use image::imageops::FilterType;
use jianjia_domain::year::evidence::MediaType;

use super::cleaning;

/// How light a picture is at so many places a row and so many rows, row by row; none of what can't be decoded.
pub(crate) fn shades(
    media_type: MediaType,
    bytes: &[u8],
    (width, height): (u32, u32),
) -> Option<Vec<u8>> {
    let picture = cleaning::decoded(media_type, bytes).ok()?;
    // Averaging over each place, so that noise and sharpness don't count.
    let light = picture.to_luma8();
    let small = image::imageops::resize(&light, width, height, FilterType::Triangle);
    Some(small.into_raw())
}
