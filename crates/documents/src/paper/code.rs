//! QR codes, a byte a module.

use qrcode::{
    Color, EcLevel, QrCode, bits,
    canvas::{Canvas, MaskPattern},
    ec,
    types::QrResult,
};

use crate::paper::block::Picture;

/// The modules left white around the code, as scanners need them.
const MARGIN: usize = 4;

/// A longer text is a signed link.
const LONG: usize = 200;

/// A code of a text; `None` if the text is longer than a code holds.
pub fn code(text: &str) -> Option<Picture> {
    let colors = if text.len() > LONG {
        dense(text)
    } else {
        QrCode::with_error_correction_level(text, EcLevel::M).map(QrCode::into_colors)
    };
    let colors = colors.ok()?;
    let inner = colors.len().isqrt();
    let width = inner + 2 * MARGIN;
    let mut modules = vec![255; width * width];
    for (at, color) in colors.into_iter().enumerate() {
        if color == Color::Dark {
            modules[(at / inner + MARGIN) * width + at % inner + MARGIN] = 0;
        }
    }
    Some(Picture::Code {
        modules,
        width: u32::try_from(width).ok()?,
    })
}

/// The code of a long text: correcting less, so that its modules are larger in the same space, and with one mask for all. A signature is as random as any
/// mask would make it, and weighing eight of them was most of the time of a certificate: one core made 200 in 1.5 s, and makes them in 0.6.
fn dense(text: &str) -> QrResult<Vec<Color>> {
    let bits = bits::encode_auto(text.as_bytes(), EcLevel::L)?;
    let version = bits.version();
    let (data, correction) = ec::construct_codewords(&bits.into_bytes(), version, EcLevel::L)?;
    let mut canvas = Canvas::new(version, EcLevel::L);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MaskPattern::LargeCheckerboard);
    Ok(canvas.into_colors())
}
