//! The word that a misspelt one is likely meant to be.

/// ", did you mean …?" if a known word is close to the one found.
pub(crate) fn meant<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> String {
    sentence(closest(found, known))
}

pub(crate) fn sentence(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |word| format!(", did you mean `{word}`?"))
}

pub(crate) fn closest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A distance as large as the length of the word is no match, so longer words need not be compared.
    let length = found.chars().count();
    known
        .filter(|word| word.chars().count().abs_diff(length) <= 2)
        .map(|word| (distance(found, word), word))
        .filter(|(distance, word)| *distance <= 2.min(word.len().div_ceil(3)))
        .min()
        .map(|(_, word)| word)
}

/// The edit distance between two words.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, left) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, right) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
