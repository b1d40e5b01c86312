//! Names by the strokes of their characters, as lists of people are ordered where nobody is to come first for who they are (姓氏笔画).

use std::{collections::HashMap, sync::LazyLock};

/// The characters of GB 2312 by the strokes that they have on the mainland, a line a number of strokes; Unicode's own count has one more in 陈 and 近.
const TABLE: &str = include_str!("strokes.txt");

struct Stroked {
    strokes: u8,
    /// Among all characters.
    place: u16,
}

static CHARACTERS: LazyLock<HashMap<char, Stroked>> = LazyLock::new(|| {
    let mut characters = HashMap::new();
    let mut place = 0;
    for line in TABLE.lines() {
        // A test reads the table; a malformed line costs the order of its characters.
        let Some((strokes, of_line)) = line.split_once(' ') else {
            continue;
        };
        let Ok(strokes) = strokes.parse() else {
            continue;
        };
        for character in of_line.chars() {
            characters.insert(character, Stroked { strokes, place });
            place += 1;
        }
    }
    characters
});

/// How many strokes a character has; none where the table doesn't know it.
pub fn strokes(character: char) -> Option<u8> {
    let found = CHARACTERS.get(&character)?;
    Some(found.strokes)
}

/// What a name is ordered by: character by character, those with fewer strokes first, unknown ones last.
pub fn key(name: &str) -> Vec<u16> {
    name.chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| CHARACTERS.get(&character).map_or(u16::MAX, |one| one.place))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_have_their_strokes() {
        let counted: Vec<Option<u8>> = "丁王刘张陈赵龚㐂".chars().map(strokes).collect();
        let expected = [2, 4, 6, 7, 7, 9, 11].map(Some);
        assert_eq!(counted[..7], expected);
        assert_eq!(counted[7], None);
        assert_eq!(CHARACTERS.len(), 6_732);
    }

    #[test]
    fn names_are_ordered_by_strokes_and_unknown_ones_come_last() {
        let mut names = ["赵一", "㐂一", "王 芳", "丁零", "王建国", "刘洋"];
        names.sort_by_key(|name| key(name));
        assert_eq!(names, ["丁零", "王 芳", "王建国", "刘洋", "赵一", "㐂一"]);
    }
}
