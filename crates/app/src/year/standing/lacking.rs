//! What a judged unit lacks for the title that it strives for.

use jianjia_domain::year::{
    assessment,
    shortfall::{Marks, Shortfall, clauses, step},
};
use jianjia_standard::{
    Standard,
    batch::{ColumnJudgement, plan::Plan},
    judgement::Status,
    programme::Title,
};

use crate::year::assessment::Gathered;

/// What each title asks together with those below it, by the columns that were judged.
pub(super) struct Ladders<'a> {
    standard: &'a Standard,
    /// In the order of the standard's titles: the criteria as they are planned.
    of_titles: Vec<Vec<Planned<'a>>>,
}

struct Planned<'a> {
    /// The clause's number among those of the chain.
    number: usize,
    /// Its place in the plan.
    criterion: usize,
    title: &'a Title,
}

impl<'a> Ladders<'a> {
    pub(super) fn of(standard: &'a Standard, plan: &Plan) -> Ladders<'a> {
        let of_title = |title: &'a Title| {
            let chain = standard.chain(title);
            let numbered = clauses(standard, title);
            let planned = plan.criteria.iter().enumerate();
            planned
                .filter_map(|(criterion, asked)| {
                    let key = &plan.titles.get(asked.title)?.key;
                    let title = chain.iter().find(|tier| tier.key == *key).copied()?;
                    let number = numbered.iter().position(|clause| *clause == asked.clause)?;
                    Some(Planned {
                        number,
                        criterion,
                        title,
                    })
                })
                .collect()
        };
        Ladders {
            standard,
            of_titles: standard.titles.iter().map(of_title).collect(),
        }
    }

    /// What a unit lacks, by its row among those that were judged.
    pub(super) fn shortfall(
        &self,
        unit: &Gathered,
        year: i16,
        judged: &ColumnJudgement,
        row: usize,
    ) -> Shortfall {
        let (standard, register, subject) = (self.standard, &unit.register, &unit.subject);
        let aim = assessment::aim(standard, subject, unit.as_of).filter(|_| register.is_active);
        let marks = aim.map_or_else(Marks::default, |title| self.marks(unit, title, judged, row));
        let step = aim
            .filter(|_| marks.lacking() == 1)
            .and_then(|title| step(standard, subject, title, unit.as_of));
        let workers = register.workers.and_then(|count| u64::try_from(count).ok());
        let size = workers.and_then(|workers| standard.size_of(workers));
        let employer = register.employer.map(|employer| employer.key());
        Shortfall {
            unit: register.id,
            unit_path: register.path.clone(),
            year,
            kind: register.kind,
            employer: employer.unwrap_or_default().to_owned(),
            trade: register.industry.clone().unwrap_or_default(),
            size: size.map(|size| size.key.clone()).unwrap_or_default(),
            title: aim.map(|title| title.key.clone()).unwrap_or_default(),
            marks,
            step,
            standard: standard.version.clone(),
        }
    }

    /// A clause that several titles of the chain ask is met where all find it met.
    fn marks(&self, unit: &Gathered, title: &Title, judged: &ColumnJudgement, row: usize) -> Marks {
        let titles = &self.standard.titles;
        let place = titles.iter().position(|one| one.key == title.key);
        let planned = place.and_then(|place| self.of_titles.get(place));
        let kind = unit.subject.kind;
        let mut statuses: Vec<(usize, Status)> = Vec::new();
        for asked in planned.into_iter().flatten() {
            // A title of the chain that the kind can't hold asks nothing of it.
            if !asked.title.kinds.contains(&kind) {
                continue;
            }
            let Some(status) = judged.criterion_status(asked.criterion, row) else {
                continue;
            };
            match statuses
                .iter_mut()
                .find(|(number, _)| *number == asked.number)
            {
                Some((_, before)) => *before = before.and(status),
                None => statuses.push((asked.number, status)),
            }
        }
        let mut marks = Marks::default();
        for (number, status) in statuses {
            marks.mark(number, status);
        }
        marks
    }
}
