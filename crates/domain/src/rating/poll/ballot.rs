//! A ballot: one answer to each object, and perhaps a suggestion. Its plain form has one fixed length, so that a sealed ballot tells nothing
//! by its size.

use jianjia_standard::programme::{BallotRules, Grade};

use crate::rating::poll::{Object, refusal::PollRefusal};

/// The most bytes of a suggestion: a hundred Chinese characters.
pub const SUGGESTION_BYTES: usize = 300;

/// The most objects of one slip.
pub const MOST_OBJECTS: usize = 14;

/// The length of a plain ballot: its objects, the suggestion's length (two bytes), the suggestion.
pub const PLAIN_BYTES: usize = MOST_OBJECTS + 2 + SUGGESTION_BYTES;

/// The mark of an object without an answer; any other is the grade's place.
const BLANK: u8 = b'-';

/// How an answer is written in one character: `-` for a blank, otherwise the grade's place. Forms carry answers so, that none is longer than another.
pub fn mark(answer: Option<u8>) -> char {
    answer
        .and_then(|grade| char::from_digit(u32::from(grade), 36))
        .unwrap_or(char::from(BLANK))
}

/// The answer that a form carries: its mark, or a grade's key. Nothing is a blank.
///
/// # Errors
/// `NoGrade` when it is none of the slip.
pub fn answer(grades: &[Grade], chosen: &str) -> Result<Option<u8>, PollRefusal> {
    if matches!(chosen.as_bytes(), [] | [BLANK]) {
        return Ok(None);
    }
    let mut characters = chosen.chars();
    let of_mark = match (characters.next(), characters.next()) {
        (Some(mark), None) => mark.to_digit(36),
        _ => None,
    };
    let by_mark = of_mark
        .and_then(|place| usize::try_from(place).ok())
        .filter(|place| *place < grades.len());
    let by_key = || grades.iter().position(|grade| grade.key == chosen);
    by_mark
        .or_else(by_key)
        .and_then(|place| u8::try_from(place).ok())
        .map(Some)
        .ok_or(PollRefusal::NoGrade)
}

/// What one member says. `answers` are places in the rules' grades, one for each object; none is left blank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    pub answers: Vec<Option<u8>>,
    pub suggestion: String,
}

/// Reads what was chosen: a mark or a grade's key for each object, in their order; nothing for an object left blank.
///
/// # Errors
/// `NoGrade`, `SuggestionTooLong`.
pub fn read(
    rules: &BallotRules,
    objects: &[Object],
    chosen: &[impl AsRef<str>],
    suggestion: &str,
) -> Result<Ballot, PollRefusal> {
    let answers = (0..objects.len())
        .map(|object| answer(&rules.grades, chosen.get(object).map_or("", AsRef::as_ref)))
        .collect::<Result<_, _>>()?;
    let suggestion = suggestion.trim().replace("\r\n", "\n").replace('\r', "\n");
    // A browser sends the end of a line as two bytes: so counted, what fits is never longer than `3 * SUGGESTION_BYTES` as it is sent.
    if suggestion.len() + suggestion.matches('\n').count() > SUGGESTION_BYTES {
        return Err(PollRefusal::SuggestionTooLong {
            characters: suggestion.chars().count(),
            most: SUGGESTION_BYTES / 3,
        });
    }
    Ok(Ballot {
        answers,
        suggestion,
    })
}

/// The grade of an answer.
pub fn grade(rules: &BallotRules, answer: Option<u8>) -> Option<&Grade> {
    rules.grades.get(usize::from(answer?))
}

impl Ballot {
    /// The plain form, `PLAIN_BYTES` long.
    pub fn to_bytes(&self) -> Vec<u8> {
        let marks = (0..MOST_OBJECTS).map(|place| match self.answers.get(place) {
            Some(Some(grade)) => b'0' + grade,
            _ => BLANK,
        });
        let suggestion = &self.suggestion.as_bytes()[..self.suggestion.len().min(SUGGESTION_BYTES)];
        let length = u16::try_from(suggestion.len()).unwrap_or(0);
        // On the heap alone, and never moved: so its owner can overwrite it.
        let mut bytes = Vec::with_capacity(PLAIN_BYTES);
        bytes.extend(marks);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(suggestion);
        bytes.resize(PLAIN_BYTES, 0);
        bytes
    }

    /// The ballot of a plain form with `objects` objects; none when it is not one.
    pub fn of_bytes(bytes: &[u8], objects: usize, grades: usize) -> Option<Ballot> {
        if bytes.len() != PLAIN_BYTES || objects > MOST_OBJECTS {
            return None;
        }
        let answers = bytes[..objects]
            .iter()
            .map(|byte| match *byte {
                BLANK => Some(None),
                mark => {
                    let grade = mark.checked_sub(b'0')?;
                    (usize::from(grade) < grades).then_some(Some(grade))
                }
            })
            .collect::<Option<Vec<_>>>()?;
        let length = usize::from(u16::from_be_bytes([
            bytes[MOST_OBJECTS],
            bytes[MOST_OBJECTS + 1],
        ]));
        let text = bytes.get(MOST_OBJECTS + 2..MOST_OBJECTS + 2 + length)?;
        Some(Ballot {
            answers,
            suggestion: String::from_utf8(text.to_vec()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_ballot_has_one_length_and_comes_back(
            answers in proptest::collection::vec(proptest::option::of(0_u8..3), 0..=MOST_OBJECTS),
            suggestion in ".{0,75}",
        ) {
            let ballot = Ballot { answers, suggestion };
            let bytes = ballot.to_bytes();
            prop_assert_eq!(bytes.len(), PLAIN_BYTES);
            prop_assert_eq!(Ballot::of_bytes(&bytes, ballot.answers.len(), 3), Some(ballot));
        }

        #[test]
        fn bytes_that_are_no_ballot_are_told_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let ballot = Ballot::of_bytes(&bytes, 3, 3);
            prop_assert!(ballot.is_none() || bytes.len() == PLAIN_BYTES);
        }
    }
}
