//! What a telephone reads from a picture of a code.

/// The words of the one code in a picture.
///
/// # Panics
/// When it is no picture, or has another number of codes that can be read.
pub fn words_of_code(picture: &[u8]) -> String {
    let picture = image::load_from_memory(picture)
        .expect("a picture")
        .to_luma8();
    let (width, height) = picture.dimensions();
    let shade = |x: usize, y: usize| picture.as_raw()[y * width as usize + x];
    let mut seen =
        rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, shade);
    let codes = seen.detect_grids();
    assert_eq!(codes.len(), 1, "one code in the picture");
    let (_, words) = codes[0].decode().expect("it can be read");
    words
}
