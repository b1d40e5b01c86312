//! QR codes as small inline pictures, drawn in one path.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// The modules left white around the code, as scanners need them.
const MARGIN: usize = 4;

/// A QR code of a text as SVG; empty when the text is longer than a code holds.
pub fn svg(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return String::new();
    };
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = modules[column..]
                .iter()
                .take_while(|module| **module == Color::Dark)
                .count();
            if run > 0 {
                let (x, y) = (column + MARGIN, row + MARGIN);
                // Writing into a String can't fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            column += run.max(1);
        }
    }
    let size = width + 2 * MARGIN;
    format!(
        "<svg class=\"qr\" viewBox=\"0 0 {size} {size}\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn_row_by_row_and_nothing_else_is() {
        let drawn = svg("http://127.0.0.1:8104/v/ABCD2345EFGH");
        // Version 3: 29 modules and the margin; the first row begins with a finder of seven.
        assert!(drawn.contains("viewBox=\"0 0 37 37\""), "{drawn}");
        assert!(drawn.contains("d=\"M4 4h7v1h-7z"), "{drawn}");
        assert!(drawn.len() < 6_000, "{}", drawn.len());
        assert_eq!(svg(&"x".repeat(9_000)), "");
    }
}
