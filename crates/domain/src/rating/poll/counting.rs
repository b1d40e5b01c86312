//! Counting: the opened ballots and the agreed paper count become tallies and the closing record, which anybody can work out again
//! from the recount file.

use std::collections::BTreeMap;

use jianjia_standard::{Standard, explain, programme::BallotRules};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    rating::poll::{
        Object, Poll, PollState,
        ballot::{self, Ballot},
        paper::PaperCount,
        refusal::PollRefusal,
        signal::Signal,
        slip::SlipCounts,
        stage::{Counted, Stage},
        wrong_state,
    },
    year::totals::RatingTotals,
};

/// How many ballots gave each answer to one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub object: String,
    /// Every answer of the formula's `cast`, also those nobody gave.
    pub answers: BTreeMap<String, i64>,
}

/// What the closing of a poll came to; it enters the audit chain as it stands here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingRecord {
    pub roll: i64,
    pub issued: i64,
    pub phone: i64,
    pub kiosk: i64,
    pub unused: i64,
    pub spoiled: i64,
    pub replaced: i64,
    pub paper: i64,
    /// `phone + kiosk + paper`.
    pub ballots: i64,
    /// Empty where the result is withheld.
    pub tallies: Vec<Tally>,
    /// SHA-256 of the recount file; empty where the result is withheld.
    pub ballots_hash: String,
    /// SHA-256 over the used slips' hashes, in their order, one a line.
    pub slips_hash: String,
    pub suggestions: i64,
    /// SHA-256 of `suggestion_bytes`; empty where none is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suggestions_hash: String,
    pub signals: Vec<Signal>,
}

/// Suggestions as they are hashed: sorted, each led by its length.
pub fn suggestion_bytes(suggestions: &[String]) -> Vec<u8> {
    let mut sorted: Vec<&String> = suggestions.iter().collect();
    sorted.sort_unstable();
    sorted
        .iter()
        .flat_map(|text| format!("{} {text}\n", text.len()).into_bytes())
        .collect()
}

impl ClosingRecord {
    /// The account of slips and paper ballots, without what they say.
    pub fn account(roll: i64, counts: &SlipCounts, paper: &PaperCount) -> ClosingRecord {
        ClosingRecord {
            roll,
            issued: counts.issued(),
            phone: counts.phone,
            kiosk: counts.kiosk,
            unused: counts.unused,
            spoiled: counts.spoiled,
            replaced: counts.replaced,
            paper: paper.ballots,
            ballots: counts.used() + paper.ballots,
            ..ClosingRecord::default()
        }
    }

    /// Whether too few voted, or too few otherwise than on paper, for the result to be shown.
    pub fn is_withheld(&self) -> bool {
        self.tallies.is_empty()
    }

    /// The tally of one object.
    pub fn tally(&self, object: &str) -> Option<&Tally> {
        self.tallies.iter().find(|tally| tally.object == object)
    }
}

/// Whether so many ballots hide each other: none, or no fewer than the standard asks.
pub fn hides(rules: &BallotRules, ballots: i64) -> bool {
    ballots == 0 || u64::try_from(ballots).unwrap_or(0) >= rules.fewest_shown
}

/// Whether a result can be shown, and counts. Those who counted the paper know its answers, and what is shown less these is what was said by phone
/// and at the tablet: so these ballots must hide each other by themselves, however many came on paper.
pub fn may_show(rules: &BallotRules, electronic: i64, paper: i64) -> bool {
    electronic + paper > 0 && hides(rules, electronic) && hides(rules, electronic + paper)
}

/// How many ballots came in which way, as far as these are enough to hide each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    Each {
        phone: i64,
        kiosk: i64,
        paper: i64,
    },
    Electronic {
        electronic: i64,
        paper: i64,
    },
    /// One number alone.
    Together,
}

/// The finest of the ways to tell a record's ballots apart in which no part is too small.
pub fn ways(rules: &BallotRules, record: &ClosingRecord) -> Ways {
    let (phone, kiosk, paper) = (record.phone, record.kiosk, record.paper);
    let all_hide = |parts: &[i64]| parts.iter().all(|part| hides(rules, *part));
    if all_hide(&[phone, kiosk, paper]) {
        Ways::Each {
            phone,
            kiosk,
            paper,
        }
    } else if all_hide(&[phone + kiosk, paper]) {
        Ways::Electronic {
            electronic: phone + kiosk,
            paper,
        }
    } else {
        Ways::Together
    }
}

/// The opened ballots of a poll, taken apart: for each object its answers, sorted, so that no ballot can be put together again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// In the order of the objects; each a sorted text of one mark a ballot: the grade's place, or `-` for blank.
    pub answers: Vec<String>,
    /// Sorted.
    pub suggestions: Vec<String>,
}

/// Takes opened ballots apart.
pub fn take_apart(ballots: &[Ballot], objects: usize) -> Opened {
    let answers = (0..objects)
        .map(|object| {
            let mut marks: Vec<char> = ballots
                .iter()
                .map(|ballot| ballot::mark(ballot.answers.get(object).copied().flatten()))
                .collect();
            marks.sort_unstable();
            marks.into_iter().collect()
        })
        .collect();
    let mut suggestions: Vec<String> = ballots
        .iter()
        .filter(|ballot| !ballot.suggestion.is_empty())
        .map(|ballot| ballot.suggestion.clone())
        .collect();
    suggestions.sort_unstable();
    Opened {
        answers,
        suggestions,
    }
}

/// The tallies of opened ballots and paper together, in the order of the objects.
pub fn tallies(
    standard: &Standard,
    rules: &BallotRules,
    objects: &[Object],
    opened: &[String],
    paper: &PaperCount,
) -> Vec<Tally> {
    let cast = standard.rating.iter().flat_map(|rating| &rating.cast);
    let nobody: BTreeMap<String, i64> = cast.map(|answer| (answer.clone(), 0)).collect();
    objects
        .iter()
        .zip(
            opened
                .iter()
                .map(String::as_str)
                .chain(std::iter::repeat("")),
        )
        .map(|(object, marks)| {
            let mut answers = nobody.clone();
            for mark in marks.chars() {
                let grade = mark.to_digit(36).and_then(|place| u8::try_from(place).ok());
                let key = ballot::grade(rules, grade).map_or(&rules.blank, |grade| &grade.key);
                *answers.entry(key.clone()).or_default() += 1;
            }
            for (answer, count) in paper.answers.get(&object.key).into_iter().flatten() {
                *answers.entry(answer.clone()).or_default() += count;
            }
            Tally {
                object: object.key.clone(),
                answers,
            }
        })
        .collect()
}

/// The lines of the recount file: object and answer, one line a ballot and object, sorted within the object, nothing else.
pub fn recount_lines(tallies: &[Tally]) -> Vec<(&str, &str)> {
    tallies
        .iter()
        .flat_map(|tally| {
            tally.answers.iter().flat_map(|(answer, count)| {
                let count = usize::try_from(*count).unwrap_or(0);
                std::iter::repeat_n((tally.object.as_str(), answer.as_str()), count)
            })
        })
        .collect()
}

/// The bytes that the record's `ballots_hash` is taken of: `object,answer` and a line break, for each line of the recount file.
pub fn recount_bytes(tallies: &[Tally]) -> Vec<u8> {
    recount_lines(tallies)
        .into_iter()
        .flat_map(|(object, answer)| format!("{object},{answer}\n").into_bytes())
        .collect()
}

/// Whether the box can be opened: as many sealed ballots as used slips, and no more ballots than the roll.
///
/// # Errors
/// `BoxDoesNotBalance`, `MoreThanTheRoll`; nothing is opened then.
pub fn balance(
    poll: &Poll,
    counts: &SlipCounts,
    sealed: i64,
    paper: &PaperCount,
) -> Result<(), PollRefusal> {
    if sealed != counts.used() {
        return Err(PollRefusal::BoxDoesNotBalance {
            sealed,
            used: counts.used(),
        });
    }
    let ballots = counts.used() + paper.ballots;
    if ballots > poll.plan.roll {
        return Err(PollRefusal::MoreThanTheRoll {
            ballots,
            roll: poll.plan.roll,
        });
    }
    Ok(())
}

/// The box is opened and counted: what the group signs next.
///
/// # Errors
/// `WrongState` when it is not closed.
pub fn count(poll: Poll, record: ClosingRecord, now: Timestamp) -> Result<Poll, PollRefusal> {
    let Stage::Closed(closed) = poll.stage else {
        return Err(wrong_state(&poll, PollState::Closed));
    };
    let stage = Stage::Counted(Counted {
        closed,
        record,
        signatures: Vec::new(),
        at: now,
    });
    Ok(Poll {
        stage,
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// The totals of an object's tally.
pub fn totals(roll: i64, tally: &Tally) -> RatingTotals {
    RatingTotals {
        roll,
        answers: tally.answers.clone(),
    }
}

/// The worked sum of an object: `(120 + 30) ÷ 160 = 93.75 %`.
pub fn worked_sum(standard: &Standard, roll: i64, tally: &Tally) -> Option<String> {
    explain::worked_sum(standard, &totals(roll, tally).counts())
}

/// Whether enough of the roll voted, as the standard asks.
pub fn reaches_quorum(standard: &Standard, record: &ClosingRecord) -> bool {
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    standard.rating.as_ref().is_some_and(|rating| {
        rating
            .quorum
            .reached_by(number(record.ballots), number(record.roll))
    })
}

/// The year's rating that follows from a record: the tally of the object that decides; none where it is withheld.
pub fn rating(rules: &BallotRules, record: &ClosingRecord) -> Option<RatingTotals> {
    let deciding = rules.objects.iter().find(|object| object.decides)?;
    let tally = record.tally(&deciding.key)?;
    Some(totals(record.roll, tally))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_leaves_no_few_ballots_over() {
        let rules = BallotRules {
            objects: Vec::new(),
            grades: Vec::new(),
            blank: String::new(),
            group: jianjia_standard::programme::GroupRules {
                least: 3,
                most: 7,
                sides: Vec::new(),
                keys: 2,
                signatures: "more than 1/2".parse().unwrap(),
            },
            fewest_shown: 5,
            gathering_seconds: 0,
            far_from_last_year: 20,
            roll: None,
        };
        for (electronic, paper, is_shown) in [
            (0, 0, false),
            (0, 4, false),
            (0, 5, true),
            (1, 4, false),
            (1, 400, false),
            (4, 96, false),
            (5, 0, true),
            (5, 1, true),
        ] {
            let told = format!("{electronic} and {paper}");
            assert_eq!(may_show(&rules, electronic, paper), is_shown, "{told}");
        }
        for phone in 0..8 {
            for kiosk in 0..8 {
                for paper in 0..8 {
                    let record = ClosingRecord {
                        phone,
                        kiosk,
                        paper,
                        ..ClosingRecord::default()
                    };
                    let told = match ways(&rules, &record) {
                        Ways::Each {
                            phone,
                            kiosk,
                            paper,
                        } => vec![phone, kiosk, paper, phone + kiosk],
                        Ways::Electronic { electronic, paper } => vec![electronic, paper],
                        Ways::Together => Vec::new(),
                    };
                    assert!(told.iter().all(|part| hides(&rules, *part)), "{told:?}");
                }
            }
        }
    }

    #[test]
    fn opened_ballots_are_taken_apart_and_sorted() {
        let ballot = |answers: &[Option<u8>], suggestion: &str| Ballot {
            answers: answers.to_vec(),
            suggestion: suggestion.to_owned(),
        };
        let ballots = [
            ballot(&[Some(2), Some(0)], "食堂"),
            ballot(&[Some(0), None], ""),
            ballot(&[Some(0), Some(1)], "书屋"),
        ];
        let opened = take_apart(&ballots, 2);
        assert_eq!(opened.answers, ["002", "-01"]);
        assert_eq!(opened.suggestions, ["书屋", "食堂"]);
        let mut turned = ballots.to_vec();
        turned.reverse();
        assert_eq!(take_apart(&turned, 2), opened);
    }
}
