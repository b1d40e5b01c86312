//! The form under “what if”: what of the standard can be moved, title by title and clause by clause, with what was typed.

use jianjia_standard::{
    Standard,
    programme::Title,
    what_if::{
        change::{Change, FACT, NEW, name},
        lever::{self, Form, Lever},
    },
};
use jiff::civil::Date;

use super::{question::Asked, words};
use crate::{form::Problems, frame::Frame};

/// A title, or how ratings are counted.
pub(super) struct Group {
    pub(super) name: String,
    /// Whether something in it is changed, or wrong.
    pub(super) is_open: bool,
    pub(super) changed: usize,
    pub(super) clauses: Vec<ClauseFields>,
    /// The field that adds a clause; empty where nothing can be added.
    pub(super) add: String,
    pub(super) addable: Vec<(String, String)>,
    /// The questions of the year sheet among what can be added.
    pub(super) facts: Vec<(String, String)>,
}

/// What can be moved of a clause.
pub(super) struct ClauseFields {
    pub(super) name: String,
    /// The box that takes it out, or puts it in; empty where it has none.
    pub(super) tick: String,
    pub(super) is_ticked: bool,
    pub(super) is_added: bool,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) value: String,
    /// What holds now, said where something else was typed.
    pub(super) now: String,
    pub(super) shape: Shape,
}

pub(super) enum Shape {
    Figure,
    Choice(Vec<(String, String)>),
}

/// The groups of the form: ratings first, then the titles in their order.
pub(super) fn groups(
    frame: &Frame,
    standard: &Standard,
    (asked, changes): (&Asked, &[Change]),
    problems: &Problems,
    as_of: Date,
) -> Vec<Group> {
    let with_added = words::with_added(standard, changes, as_of);
    let filler = Filler {
        frame,
        standard,
        asked,
    };
    let mut groups = Vec::new();
    let rating = lever::of_rating(standard);
    if !rating.is_empty() {
        let fields = rating.iter().map(|lever| filler.field(lever)).collect();
        groups.push(Group {
            name: frame.t("会员民主测评怎样计算").to_owned(),
            is_open: false,
            changed: 0,
            clauses: vec![ClauseFields {
                name: String::new(),
                tick: String::new(),
                is_ticked: false,
                is_added: false,
                fields,
            }],
            add: String::new(),
            addable: Vec::new(),
            facts: Vec::new(),
        });
    }
    for title in &with_added.titles {
        groups.push(filler.of_title(&with_added, title, as_of));
    }
    for group in &mut groups {
        group.changed = group.count_changed();
        group.is_open = group.changed > 0 || group.has_problem(problems);
    }
    groups
}

impl Group {
    fn count_changed(&self) -> usize {
        let clauses = self.clauses.iter();
        clauses
            .map(|clause| {
                let moved = clause.fields.iter().filter(|field| !field.now.is_empty());
                moved.count() + usize::from(clause.is_ticked)
            })
            .sum()
    }

    fn has_problem(&self, problems: &Problems) -> bool {
        let mut names = self.clauses.iter().flat_map(|clause| {
            let fields = clause.fields.iter().map(|field| field.name.as_str());
            fields.chain([clause.tick.as_str()])
        });
        problems.of(&self.add).is_some_and(|_| !self.add.is_empty())
            || names.any(|name| !name.is_empty() && problems.of(name).is_some())
    }
}

struct Filler<'a> {
    frame: &'a Frame,
    /// The standard that holds.
    standard: &'a Standard,
    asked: &'a Asked,
}

impl Filler<'_> {
    fn of_title(&self, with_added: &Standard, title: &Title, as_of: Date) -> Group {
        let own = self.standard.title(&title.key);
        let clauses = title
            .criteria
            .iter()
            .map(|criterion| {
                let is_own = own.is_some_and(|own| {
                    let mut criteria = own.criteria.iter();
                    criteria.any(|known| known.clause == criterion.clause)
                });
                let is_of_fact = !is_own
                    && criterion.clause != NEW
                    && self.standard.criterion(&criterion.clause).is_none();
                let clause = if is_of_fact {
                    format!("{FACT}{}", criterion.clause)
                } else {
                    criterion.clause.clone()
                };
                let path = if is_own { "drop" } else { "add" };
                let tick = name(&title.key, &clause, path);
                let levers = lever::of_criterion(with_added, title, criterion, as_of);
                ClauseFields {
                    name: words::clause_name(self.frame, self.standard, &clause),
                    is_ticked: !is_own || self.asked.typed(&tick).is_some_and(is_on),
                    is_added: !is_own,
                    tick,
                    fields: levers
                        .iter()
                        .map(|lever| {
                            let clause = clause.clone();
                            self.field(&Lever {
                                clause,
                                ..lever.clone()
                            })
                        })
                        .collect(),
                }
            })
            .collect();
        let mut addable: Vec<(String, String)> = lever::addable(with_added, title)
            .into_iter()
            .map(|clause| {
                let name = words::clause_name(self.frame, self.standard, clause);
                (clause.to_owned(), name)
            })
            .collect();
        if title.criteria.iter().all(|known| known.clause != NEW) {
            let name = words::clause_name(self.frame, self.standard, NEW);
            addable.push((NEW.to_owned(), name));
        }
        let facts = lever::addable_facts(with_added, title).into_iter();
        let facts = facts.map(|fact| {
            let name = self.frame.text(&fact.name).to_owned();
            (format!("{FACT}{}", fact.key), name)
        });
        Group {
            name: self.frame.text(&title.name).to_owned(),
            is_open: false,
            changed: 0,
            clauses,
            add: format!("{}.add", title.key),
            addable,
            facts: facts.collect(),
        }
    }

    fn field(&self, lever: &Lever) -> Field {
        let name = lever.name();
        let typed = self
            .asked
            .typed(&name)
            .filter(|typed| !typed.trim().is_empty());
        let value = typed.unwrap_or(&lever.value).to_owned();
        let shape = match &lever.form {
            Form::Rate | Form::Number { .. } => Shape::Figure,
            Form::Choice(choices) => {
                let mut choices = choices.clone();
                // A quorum may be any fraction; what can't be taken stays in sight.
                if !choices.contains(&value) {
                    choices.push(value.clone());
                }
                let said = choices.into_iter().map(|choice| {
                    let words = words::value(self.frame, self.standard, lever, &choice);
                    (choice, words)
                });
                Shape::Choice(said.collect())
            }
        };
        let now = if value == lever.value {
            String::new()
        } else {
            let now = words::value(self.frame, self.standard, lever, &lever.value);
            self.frame.t1("现行：{}", now)
        };
        Field {
            label: words::label(self.frame, self.standard, &lever.what),
            name,
            value,
            now,
            shape,
        }
    }
}

fn is_on(value: &str) -> bool {
    matches!(value, "yes" | "on")
}
