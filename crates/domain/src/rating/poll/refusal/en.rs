//! The English sentences.

use jianjia_standard::Lang;

use crate::rating::poll::{
    refusal::{PollRefusal, last_day_like},
    slip::SlipRefusal,
};

/// Doubtful lines that are told one by one.
const TOLD: usize = 8;

impl PollRefusal {
    pub(super) fn en(&self) -> String {
        match self {
            PollRefusal::NoBallot => {
                "The standard in force doesn't say how members vote, so no rating can be held here. Please ask the city federation.".to_owned()
            }
            PollRefusal::WrongState { state, wanted } => format!(
                "This rating is now “{}”; this can be done while it is “{}”. The rating's page shows what comes next.",
                state.word(Lang::En),
                wanted.word(Lang::En)
            ),
            PollRefusal::AnotherPoll { state } => format!(
                "This year's rating is under way ({}), and only one is held at a time. Please finish it first; to start over, give it up.",
                state.word(Lang::En)
            ),
            PollRefusal::NeedsConsent { year } => format!(
                "There is a result for {year} already. Another poll would replace it, so it opens only once the union above has agreed and said why. Please explain to the union above why it is held again."
            ),
            PollRefusal::NothingReplaced { year } => format!(
                "There is no result for {year} yet that a poll could replace, so no consent is needed: the union can open its poll."
            ),
            PollRefusal::NoNumber { least, most } => {
                format!("Please enter a whole number from {least} to {most}.")
            }
            PollRefusal::ListTooLong { names, most } => {
                format!("The list has {names} names; at most {most} are kept. For more members, enter the number only.")
            }
            PollRefusal::DoubtfulList { lines } => {
                let told: Vec<String> = lines.iter().take(TOLD).map(|line| line.sentence(Lang::En)).collect();
                let more = match lines.len().saturating_sub(TOLD) {
                    0 => String::new(),
                    more => format!("; and {more} more"),
                };
                format!("The list was not kept; lines to mend: {}. {}{more}. Please mend them and save again.", lines.len(), told.join("; "))
            }
            PollRefusal::NoName { name } => {
                format!("“{name}” doesn't look like a name: at most 40 characters, one a line. Please correct it.")
            }
            PollRefusal::Twice { name } => {
                format!("{name} is named twice. Everybody counts once in the group; please name somebody else.")
            }
            PollRefusal::NoSide => "Please choose whom this member stands for.".to_owned(),
            PollRefusal::RatedForMembers { name, side } => format!(
                "{name} is rated in this ballot and can't stand for “{}” in the group. Please choose an ordinary member.",
                side.en
            ),
            PollRefusal::TooManyLeaders { most } => {
                format!("One slip rates at most {most} chairs and vice chairs. Please name fewer.")
            }
            PollRefusal::NoLeader => {
                "Please name the chair and vice chairs who are rated, one a box.".to_owned()
            }
            PollRefusal::RollTooSmall { roll, fewest } => format!(
                "The roll has {roll} members. With fewer than {fewest} ballots the result stays closed, so that nobody can guess who said what, and the rating would be of no use. Please check the number; a union with fewer than {fewest} members can agree on a joint rating with a neighbour or ask the union above."
            ),
            PollRefusal::RollAboveMembers { roll, members } => format!(
                "The roll has {roll} and the union has {members} members: only members vote. Please check the roll; if there are more members now, correct their number in the year sheet first."
            ),
            PollRefusal::NoVoters { known } => {
                let known: Vec<&str> = known.iter().map(|name| name.en.as_str()).collect();
                format!("Please choose who votes: {}.", known.join(", or "))
            }
            PollRefusal::RollUnexplained { roll, members, by } => format!(
                "The roll has {roll}, the union {members} members: that is more than {by} apart. Please give the reason, which reviewers see, and everybody who sees the result; or correct the number."
            ),
            PollRefusal::ReasonTooLong { characters, most } => {
                format!("The reason has {characters} characters; at most {most} fit. Please shorten it.")
            }
            PollRefusal::GroupSize {
                members,
                least,
                most,
            } => format!("The working group has {members} members and needs {least} to {most}. Please add or remove some."),
            PollRefusal::SideMissing { sides } => {
                let sides: Vec<&str> = sides.iter().map(|side| side.en.as_str()).collect();
                format!(
                    "The working group has nobody yet for: {}. Each side needs one member at least, so that the result is trusted.",
                    sides.join(", ")
                )
            }
            PollRefusal::NoLastDay { today, year } => format!(
                "Please enter the last day of voting: not before today ({today}), within {year}, like {}.",
                last_day_like(*today, *year)
            ),
            PollRefusal::SlipsByUpper => {
                "The union above asked to make the slips itself. Please get them there.".to_owned()
            }
            PollRefusal::MoreSlipsThanRoll {
                number,
                valid,
                roll,
            } => format!(
                "The roll has {roll} members and {valid} valid slips exist; {number} more would be too many. To replace slips, first declare those handed back spoiled; if the roll is wrong, give this rating up and prepare it anew."
            ),
            PollRefusal::NotSpoilable(slip) => match slip {
                SlipRefusal::Used => {
                    "This slip has been used and can't be declared spoiled: nothing ties the ballot to it, so it can't be taken out.".to_owned()
                }
                SlipRefusal::Spoiled => {
                    "This slip was declared spoiled before; nothing is left to do.".to_owned()
                }
                other => other.sentence(Lang::En),
            },
            PollRefusal::NotTicked => {
                "This can't be taken back, so nothing was done yet. Please tick the sentence above the button and press it again.".to_owned()
            }
            PollRefusal::NoGrade => "This choice is not on the slip. Please go back and choose again.".to_owned(),
            PollRefusal::SuggestionTooLong { characters, most } => {
                format!("The suggestion has {characters} characters and is too long: {most} Chinese characters or {} letters fit. Please shorten it.", most * 3)
            }
            PollRefusal::Slip(slip) => slip.sentence(Lang::En),
            PollRefusal::BoxNotEmpty => {
                "There are ballots in the box, which new keys could not open, so keys can't be made anew. Any two members' codes open it together: please find two of them.".to_owned()
            }
            PollRefusal::KeysRenewed => {
                "The working group has just made the box's keys anew, so this ballot was not taken and the slip is still good. Please choose again and submit.".to_owned()
            }
            PollRefusal::NoSuchCode => {
                "This member code is not right. Please compare it with the member's paper: sixteen letters and digits.".to_owned()
            }
            PollRefusal::TooManyTries => {
                "Too many wrong codes: to keep guessers out, this stops for a quarter of an hour. Please try again later.".to_owned()
            }
            PollRefusal::SameMember => {
                "That was the same member twice. Two different members must each do it.".to_owned()
            }
            PollRefusal::TooFewKeys { keys } => {
                format!("Opening the box takes the codes of {keys} different members. Please open it together.")
            }
            PollRefusal::PaperDoesNotAddUp {
                object,
                sum,
                ballots,
            } => format!(
                "The answers under “{}” add up to {sum}, but there are {ballots} paper ballots. Each counts once under each object; one without an answer is void. Please check.",
                object.en
            ),
            PollRefusal::PaperNotAgreed => {
                "Two members must enter the paper ballots, each alone, and agree before the box is opened. Where there are none, two members each enter 0.".to_owned()
            }
            PollRefusal::BoxDoesNotBalance { sealed, used } => format!(
                "The accounts don't balance: {sealed} ballots in the box, {used} slips used. The box was not opened. Please tell the union above at once: data may have been changed."
            ),
            PollRefusal::MoreThanTheRoll { ballots, roll } => format!(
                "There are {ballots} ballots for a roll of {roll}: a turnout over 100 % can't be counted. Please check the number of paper ballots: who took a slip does not vote on paper."
            ),
            PollRefusal::BallotDamaged => {
                "A ballot can't be unsealed: data was changed. Nothing was counted. Please tell the union above at once and run jianjia verify.".to_owned()
            }
            PollRefusal::SignedAlready { name } => {
                format!("{name} has signed already; nothing is left to do.")
            }
            PollRefusal::NoReason => "Please give the reason: it stays on record.".to_owned(),
            PollRefusal::Withheld => {
                "There are too few ballots, or too few by phone and tablet; a result would let people guess who said what, so it stays closed and there is no file to recount.".to_owned()
            }
        }
    }
}
