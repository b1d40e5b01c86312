//! Parsing `standard.toml`: the days of a round.

use crate::load::reader::Section;
use crate::programme::{
    ActWindow, Calendar, MonthDay, Phase, Reminded, Reminder, RoundAct, Window,
};

pub(crate) fn calendar(section: Section<'_>) -> Option<Calendar> {
    let clause = section.string("clause");
    let [declaration, examination, commendation] = ["declaration", "examination", "commendation"]
        .map(|key| {
            section.required(key);
            section.section(key).and_then(window)
        });
    let acts = act_windows(&section);
    section.finish();
    Some(Calendar {
        clause,
        declaration: declaration?,
        examination: examination?,
        commendation: commendation?,
        acts,
    })
}

/// `[calendar.acts]`: the usual windows, and for the acts it names others.
fn act_windows(calendar: &Section<'_>) -> Vec<ActWindow> {
    let mut windows = ActWindow::usual();
    let Some(section) = calendar.section("acts") else {
        return windows;
    };
    for act in RoundAct::ALL {
        let Some(value) = section.value(act.key()) else {
            continue;
        };
        let phases: Vec<Phase> = section.keyed_list(act.key());
        match phases[..] {
            [from, to] if from <= to => {
                windows.retain(|window| window.act != act);
                windows.push(ActWindow { act, from, to });
            }
            // What is no list of phases was reported by the reader.
            [] => {}
            _ => section.ledger.add(
                value.span().start,
                format!(
                    "`{}` names the phase in which its window begins and the one in which it ends: [\"declaration\", \"examination\"]",
                    act.key()
                ),
            ),
        }
    }
    section.finish();
    windows
}

/// Reminders reach so many working days before the end of a phase, at most.
const EARLIEST: i64 = 60;

/// `[[reminder]]`: before the end of which phase, by how many working days, to whom; none of them twice.
pub(crate) fn reminders(sections: Vec<Section<'_>>) -> Vec<Reminder> {
    let mut found: Vec<Reminder> = Vec::new();
    for section in sections {
        let phase = section.keyed::<Phase>("phase");
        let before = i64::try_from(section.number("before")).unwrap_or(i64::MAX);
        let to = section.keyed::<Reminded>("to");
        if before > EARLIEST {
            let message = format!("`before` is at most {EARLIEST} working days");
            section.ledger.add(section.at, message);
        }
        if let (Some(phase), Some(to)) = (phase, to) {
            let reminder = Reminder { phase, before, to };
            if found.contains(&reminder) {
                section.ledger.add(section.at, "this reminder stands twice");
            }
            found.push(reminder);
        }
        section.finish();
    }
    found
}

fn window(section: Section<'_>) -> Option<Window> {
    let day = |key: &'static str| {
        let spelled = section.spelled(key)?;
        let parsed = month_day(&spelled.word);
        if parsed.is_none() {
            section.ledger.add(
                spelled.at,
                format!("`{key}` must be a day of the year such as \"10-01\""),
            );
        }
        parsed
    };
    let (from, to) = (day("from"), day("to"));
    let year_offset = match section.maybe_spelled("year") {
        None => 0,
        Some(year) if year.word == "same" => 0,
        Some(year) if year.word == "next" => 1,
        Some(year) => {
            section
                .ledger
                .add(year.at, "`year` is \"same\" or \"next\"");
            0
        }
    };
    let at = section.at;
    let ledger = section.ledger;
    section.finish();
    let window = Window {
        from: from?,
        to: to?,
        year_offset,
    };
    if window.to < window.from {
        ledger.add(at, "the window ends before it begins");
    }
    Some(window)
}

fn month_day(words: &str) -> Option<MonthDay> {
    let (month, day) = words.split_once('-')?;
    let day = MonthDay {
        month: month.parse().ok()?,
        day: day.parse().ok()?,
    };
    // 2000 was a leap year, so 29 February is accepted.
    jiff::civil::Date::new(2000, day.month, day.day)
        .ok()
        .map(|_| day)
}
