//! QR codes, a byte a module.

use qrcode::{Color, EcLevel, QrCode};

use crate::paper::block::Picture;

/// The modules left white around the code, as scanners need them.
const MARGIN: usize = 4;

/// A code of a text; `None` if the text is longer than a code holds.
pub fn code(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let inner = code.width();
    let width = inner + 2 * MARGIN;
    let mut modules = vec![255; width * width];
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            modules[(at / inner + MARGIN) * width + at % inner + MARGIN] = 0;
        }
    }
    Some(Picture::Code {
        modules,
        width: u32::try_from(width).ok()?,
    })
}
