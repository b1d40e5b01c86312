//! Pictures that are handed in: photographs and charts.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

use crate::paper::{block::Picture, fault::Fault};

/// Reads what a picture is and how large.
///
/// # Errors
/// If it is neither PNG, JPEG nor SVG, or is damaged at its beginning.
pub fn picture(name: &str, bytes: Vec<u8>) -> Result<Picture, Fault> {
    let fault = |what: &str| Fault::BadPicture {
        name: name.to_owned(),
        what: what.to_owned(),
    };
    if bytes.starts_with(b"<") {
        let text = String::from_utf8(bytes).map_err(|_| fault("it is not UTF-8"))?;
        let (width, height) = view_box(&text)
            .ok_or_else(|| fault("the SVG has no viewBox of two numbers above zero"))?;
        return Ok(Picture::Svg {
            text,
            width,
            height,
        });
    }
    let format = image::guess_format(&bytes).map_err(|_| fault("it is no PNG, JPEG or SVG"))?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg) {
        return Err(fault("it is no PNG, JPEG or SVG"));
    }
    let (width, height) = ImageReader::with_format(Cursor::new(&bytes), format)
        .into_dimensions()
        .map_err(|error| fault(&error.to_string()))?;
    Ok(if format == ImageFormat::Png {
        Picture::Png {
            bytes,
            width,
            height,
        }
    } else {
        Picture::Jpeg {
            bytes,
            width,
            height,
        }
    })
}

/// Width and height of `viewBox="0 0 400 200"`, in tenths.
fn view_box(svg: &str) -> Option<(u32, u32)> {
    let (_, rest) = svg.split_once("viewBox=\"")?;
    let (numbers, _) = rest.split_once('"')?;
    let numbers: Vec<f64> = numbers
        .split([' ', ','])
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let [_, _, width, height] = numbers[..] else {
        return None;
    };
    // Converting saturates, and an SVG as large as that is refused by its size.
    let tenths = |length: f64| Some((length * 10.0) as u32).filter(|tenths| *tenths > 0);
    Some((tenths(width)?, tenths(height)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_chart_is_its_view_box() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 200.5\"/>".to_vec();
        let picture = picture("progress", svg).expect("a chart");
        assert_eq!(picture.size(), (4_000, 2_005));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let fault = picture("photo", b"GIF89a".to_vec()).expect_err("refused");
        assert_eq!(
            fault.to_string(),
            "the picture \"photo\" can't be read: it is no PNG, JPEG or SVG"
        );
    }
}
