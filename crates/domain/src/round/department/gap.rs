//! What nobody knows of a unit that the city is to name: departments that were silent, do not know, or were never asked. It is shown beside a
//! candidate; it holds the naming only where the standard says so (`holds_naming`).

use jianjia_standard::{Standard, Text};

use super::{AnswerKind, DepartmentRefusal};

jianjia_standard::keyed! {
    /// Why nobody knows of a department that a unit is in no state: silence is not consent, and who was not asked was silent.
    pub enum Gap {
        Silent = "silent" / "部门答复|没有答复",
        Unknown = "unknown" / "部门答复|答复不清楚",
        NotAsked = "not-asked" / "部门答复|没有请它答复",
    }
}

impl Gap {
    /// Of what a department answered of a unit: `None` where it was not asked, `Some(None)` where it was silent. No gap where it said something.
    pub fn of(answer: Option<Option<AnswerKind>>) -> Option<Gap> {
        match answer {
            None => Some(Gap::NotAsked),
            Some(None) => Some(Gap::Silent),
            Some(Some(AnswerKind::Unknown)) => Some(Gap::Unknown),
            // What became of a state is the entry's matter.
            Some(Some(AnswerKind::Clear | AnswerKind::InState)) => None,
        }
    }
}

/// Departments of which nobody knows what they would say of a unit, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    pub gap: Gap,
    pub departments: Vec<Text>,
}

/// What is not known of a unit: by reason the departments, in the standard's order; `answered` is what each said of it. Refused where the standard
/// has no naming without one of them.
pub fn unanswered(
    standard: &Standard,
    answered: impl Fn(&str) -> Option<Option<AnswerKind>>,
) -> (Vec<Unanswered>, Option<DepartmentRefusal>) {
    let mut found: Vec<Unanswered> = Vec::new();
    let mut holding: Vec<Text> = Vec::new();
    for gap in Gap::ALL {
        let of_gap = standard
            .departments
            .iter()
            .filter(|department| Gap::of(answered(&department.key)) == Some(gap));
        let mut names = Vec::new();
        for department in of_gap {
            names.push(department.name.clone());
            if department.holds_naming {
                holding.push(department.name.clone());
            }
        }
        if !names.is_empty() {
            found.push(Unanswered {
                gap,
                departments: names,
            });
        }
    }
    let refusal = (!holding.is_empty()).then_some(DepartmentRefusal::HoldsNaming {
        departments: holding,
    });
    (found, refusal)
}
