//! Charts: bars and columns as SVG, drawn from figures alone.

use std::fmt::Write;

use quick_xml::escape::escape;

use crate::paper::block::Picture;

/// A figure of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub label: String,
    /// Not below zero; `None` for what is unknown, which has no bar.
    pub value: Option<f64>,
    /// The figure as it is written.
    pub shown: String,
}

/// As many as are still to be told apart; a template divides longer rows.
pub const BARS_AT_MOST: usize = 40;

const WIDTH: f64 = 480.0;
const SIZE: f64 = 12.0;
const LINE: f64 = 15.0;
const INK: &str = "9E2A2B";

/// Lying bars below each other, their labels at the left: districts, clauses.
pub fn bars(bars: &[Bar]) -> Picture {
    const GAP: f64 = 8.0;
    /// Characters of a label in a line.
    const LABEL: f64 = 14.0;
    let labels: Vec<Vec<String>> = bars.iter().map(|bar| lines(&bar.label, LABEL)).collect();
    let left = widest(labels.iter().flatten().map(String::as_str)) + 6.0;
    let right = widest(bars.iter().map(|bar| bar.shown.as_str())) + 8.0;
    let scale = (WIDTH - left - right).max(40.0) / most(bars);
    let (mut out, mut top) = (String::new(), GAP / 2.0);
    for (bar, label) in bars.iter().zip(&labels) {
        let height = label.len().max(1) as f64 * LINE;
        let middle = top + height / 2.0;
        for (at, line) in label.iter().enumerate() {
            let base = top + at as f64 * LINE + 11.5;
            text(&mut out, (left - 6.0, base), "end", line);
        }
        let length = bar.value.unwrap_or_default() * scale;
        rect(&mut out, (left, middle - 5.5), (length, 11.0));
        text(
            &mut out,
            (left + length + 5.0, middle + 4.0),
            "start",
            &bar.shown,
        );
        top += height + GAP;
    }
    line(&mut out, (left, 0.0), (left, top - GAP / 2.0));
    svg(&out, top - GAP / 2.0)
}

/// Standing columns beside each other, their labels below: years, months.
pub fn columns(bars: &[Bar]) -> Picture {
    const HEIGHT: f64 = 150.0;
    let wide = WIDTH / bars.len().max(1) as f64;
    let labels: Vec<Vec<String>> = bars
        .iter()
        .map(|bar| lines(&bar.label, (wide / SIZE - 0.3).max(1.0)))
        .collect();
    let below = labels.iter().map(Vec::len).max().unwrap_or(1);
    let (foot, scale) = (HEIGHT + LINE + 4.0, HEIGHT / most(bars));
    let mut out = String::new();
    for (at, (bar, label)) in bars.iter().zip(&labels).enumerate() {
        let middle = (at as f64 + 0.5) * wide;
        let (height, thick) = (
            bar.value.unwrap_or_default() * scale,
            (wide * 0.5).min(44.0),
        );
        rect(
            &mut out,
            (middle - thick / 2.0, foot - height),
            (thick, height),
        );
        text(
            &mut out,
            (middle, foot - height - 4.0),
            "middle",
            &bar.shown,
        );
        for (at, line) in label.iter().enumerate() {
            let base = foot + 4.0 + 11.5 + at as f64 * LINE;
            text(&mut out, (middle, base), "middle", line);
        }
    }
    line(&mut out, (0.0, foot), (WIDTH, foot));
    svg(&out, foot + 4.0 + below as f64 * LINE)
}

/// The largest figure, and never zero.
fn most(bars: &[Bar]) -> f64 {
    let most = bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max);
    if most > 0.0 { most } else { 1.0 }
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    texts.map(em).fold(1.0, f64::max) * SIZE
}

/// The width of a text, in characters of Chinese.
fn em(text: &str) -> f64 {
    text.chars().map(width).sum()
}

fn width(character: char) -> f64 {
    if character.is_ascii() { 0.58 } else { 1.0 }
}

/// What no line begins with.
const CLOSING: &str = "，。、；：？！》）”";

/// A label in lines of at most so many characters.
fn lines(label: &str, most: f64) -> Vec<String> {
    let (mut lines, mut at) = (vec![String::new()], 0.0);
    for character in label.chars() {
        if at + width(character) > most && at > 0.0 && !CLOSING.contains(character) {
            lines.push(String::new());
            at = 0.0;
        }
        at += width(character);
        if let Some(line) = lines.last_mut() {
            line.push(character);
        }
    }
    lines
}

// Writing into a String can't fail. Tenths are finer than print.
fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let text = escape(text);
    let _ = write!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

fn rect(out: &mut String, (x, y): (f64, f64), (width, height): (f64, f64)) {
    // SVG has no rectangle without a width.
    if width > 0.0 && height > 0.0 {
        let _ = write!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#{INK}\"/>"
        );
    }
}

fn line(out: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = write!(
        out,
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#333333\" stroke-width=\"0.8\"/>"
    );
}

fn svg(drawn: &str, height: f64) -> Picture {
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.1}\" width=\"{WIDTH}\" height=\"{height:.1}\" \
         font-size=\"{SIZE}\" fill=\"#000000\">{drawn}</svg>"
    );
    // A chart is at most some thousand units high, and never below one.
    let tenths = |length: f64| (length * 10.0).round() as u32;
    Picture::Svg {
        text,
        width: tenths(WIDTH),
        height: tenths(height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: Option<f64>) -> Bar {
        Bar {
            label: label.to_owned(),
            value,
            shown: value.map_or("不详".to_owned(), |value| value.to_string()),
        }
    }

    fn drawn(picture: &Picture) -> &str {
        match picture {
            Picture::Svg { text, .. } => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bar_is_as_long_as_its_figure_and_what_is_unknown_has_none() {
        let chart = bars(&[
            bar("甲区", Some(40.0)),
            bar("乙区", Some(10.0)),
            bar("丙区", None),
        ]);
        let widths: Vec<f64> = drawn(&chart)
            .split("<rect ")
            .skip(1)
            .filter_map(|rect| {
                rect.split_once("width=\"")?
                    .1
                    .split_once('"')?
                    .0
                    .parse()
                    .ok()
            })
            .collect();
        let [one, other] = widths[..] else {
            panic!("{widths:?}");
        };
        assert!((one - other * 4.0).abs() < 0.5, "{widths:?}");
        assert!(drawn(&chart).contains(">不详</text>"));
    }

    #[test]
    fn nothing_but_zeros_or_nothing_at_all_is_drawn_too() {
        for figures in [vec![], vec![bar("甲", Some(0.0)), bar("乙", None)]] {
            for chart in [bars(&figures), columns(&figures)] {
                assert!(!drawn(&chart).contains("NaN"), "{chart:?}");
                assert!(!drawn(&chart).contains("<rect"), "{chart:?}");
            }
        }
    }

    #[test]
    fn a_long_label_stands_in_lines_and_what_it_says_is_text() {
        assert_eq!(lines("甲乙丙丁戊", 2.0), ["甲乙", "丙丁", "戊"]);
        assert_eq!(lines("甲（乙）丙", 3.0), ["甲（乙）", "丙"]);
        let chart = columns(&[bar("<甲&乙>", Some(1.0))]);
        assert!(drawn(&chart).contains("&lt;甲&amp;乙&gt;"));
    }
}
