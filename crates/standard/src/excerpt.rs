//! A short piece of what was found, safe to show: no sentence repeats a long text, or one that a terminal would act on.

/// The most characters shown.
const LENGTH: usize = 40;

/// The beginning of a text, with what can't be seen written as an escape: `u1\u001b[31m`.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    for (place, sign) in text.chars().enumerate() {
        if place == LENGTH {
            shown.push('…');
            break;
        }
        if is_unseen(sign) {
            shown.push_str(&format!("\\u{:04x}", u32::from(sign)));
        } else {
            shown.push(sign);
        }
    }
    shown
}

/// Controls, and signs without width or that turn the direction of what follows.
pub(crate) fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_does_nothing_to_a_terminal() {
        assert_eq!(excerpt("常州市总工会"), "常州市总工会");
        assert_eq!(
            excerpt("a\u{1b}[2J\u{7f}\u{202e}b\n"),
            "a\\u001b[2J\\u007f\\u202eb\\u000a"
        );
        assert_eq!(excerpt(&"长".repeat(100_000)), "长".repeat(40) + "…");
    }
}
