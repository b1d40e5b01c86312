//! Why something can't be done with a case.

use jianjia_standard::Lang;

use super::{CaseState, Side};
use crate::{core::refusal::Refuse, sharing::personal::PersonalNumber};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseRefusal {
    NoTitle,
    NoProblem,
    NoMethod,
    NoEffect,
    TooLong {
        most: usize,
    },
    NoClause,
    TooManyClauses {
        most: usize,
    },
    /// Numbers of people stand in it.
    Numbers {
        numbers: Vec<PersonalNumber>,
    },
    /// People of the union are named, and nobody said that they agree.
    NamesWithoutConsent {
        named: Vec<String>,
    },
    NoCaption,
    PhotoWithoutConsent,
    NoPhoto,
    TooManyPhotos {
        most: usize,
    },
    NoReason,
    WrongState {
        state: CaseState,
    },
    /// Its text is not in the hands of this side, which would write on it. `at`: the office that has it, empty for none.
    NotEditable {
        side: Side,
        state: CaseState,
        at: String,
    },
    NotYourTurn {
        at: String,
    },
    NobodyAbove,
    /// The union declined this very text.
    SameAgain,
    /// What was compared is not what is asked about any more.
    OtherText,
    /// The text is not the one that the union agreed to.
    NoConsent,
    /// What is to be done with it is none of what can be.
    NoSuchAct,
}

impl Refuse for CaseRefusal {
    fn key(&self) -> &'static str {
        match self {
            CaseRefusal::NoTitle => "case/no-title",
            CaseRefusal::NoProblem => "case/no-problem",
            CaseRefusal::NoMethod => "case/no-method",
            CaseRefusal::NoEffect => "case/no-effect",
            CaseRefusal::TooLong { .. } => "case/too-long",
            CaseRefusal::NoClause => "case/no-clause",
            CaseRefusal::TooManyClauses { .. } => "case/too-many-clauses",
            CaseRefusal::Numbers { .. } => "case/numbers",
            CaseRefusal::NamesWithoutConsent { .. } => "case/names-without-consent",
            CaseRefusal::NoCaption => "case/no-caption",
            CaseRefusal::PhotoWithoutConsent => "case/photo-without-consent",
            CaseRefusal::NoPhoto => "case/no-photo",
            CaseRefusal::TooManyPhotos { .. } => "case/too-many-photos",
            CaseRefusal::NoReason => "case/no-reason",
            CaseRefusal::WrongState { .. } => "case/wrong-state",
            CaseRefusal::NotEditable { .. } => "case/not-editable",
            CaseRefusal::NotYourTurn { .. } => "case/not-your-turn",
            CaseRefusal::NobodyAbove => "case/nobody-above",
            CaseRefusal::SameAgain => "case/same-again",
            CaseRefusal::OtherText => "case/other-text",
            CaseRefusal::NoConsent => "case/no-consent",
            CaseRefusal::NoSuchAct => "case/no-such-act",
        }
    }

    fn can_be_corrected(&self) -> bool {
        !matches!(
            self,
            CaseRefusal::WrongState { .. }
                | CaseRefusal::NotEditable { .. }
                | CaseRefusal::NotYourTurn { .. }
                | CaseRefusal::NobodyAbove
                | CaseRefusal::NoConsent
        )
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

impl CaseRefusal {
    fn chinese(&self) -> String {
        match self {
            CaseRefusal::NoTitle => "请写标题，一句话说清做了什么。".to_owned(),
            CaseRefusal::NoProblem => "请写遇到的问题：当时难在哪里。".to_owned(),
            CaseRefusal::NoMethod => "请写做法：分几步、谁来做、用了什么办法。".to_owned(),
            CaseRefusal::NoEffect => "请写效果：有数字的写数字。".to_owned(),
            CaseRefusal::TooLong { most } => format!("最多 {most} 个字，请写短一些。"),
            CaseRefusal::NoClause => {
                "请至少选一条建家标准：差这一条的工会，才能在“我的家”里看到这个案例。".to_owned()
            }
            CaseRefusal::TooManyClauses { most } => {
                format!("最多选 {most} 条，请留下最贴近的几条。")
            }
            CaseRefusal::Numbers { numbers } => {
                let told: Vec<String> =
                    numbers.iter().map(|number| number.told(Lang::Zh)).collect();
                format!(
                    "这里有{}。案例是公开的，不能写个人号码，用星号遮住几位也不行；请整个删去后再保存。",
                    told.join("、")
                )
            }
            CaseRefusal::NamesWithoutConsent { named } => format!(
                "文中写到了本单位的{}。公开个人姓名要本人同意：都同意的，请勾选“写到姓名的人都同意公开”；没有问过的，请改成“一名职工”一类的说法。",
                named.join("、")
            ),
            CaseRefusal::NoCaption => "请写一句照片说明，看不到照片的人靠它知道拍的是什么。".to_owned(),
            CaseRefusal::PhotoWithoutConsent => {
                "请先确认照片里能认出的人都同意公开，再勾选上传；有人不同意的，请换一张。".to_owned()
            }
            CaseRefusal::NoPhoto => "还没有选择照片。请先选择，再上传。".to_owned(),
            CaseRefusal::TooManyPhotos { most } => {
                format!("一个案例最多 {most} 张照片，没有上传。请先去掉一张，再传新的。")
            }
            CaseRefusal::NoReason => "请写明理由，对方会看到。".to_owned(),
            CaseRefusal::WrongState { state } => format!(
                "案例现在的状态是“{}”，这件事现在不能办。请刷新页面，看现在轮到谁。",
                plain(state.word())
            ),
            CaseRefusal::NotEditable { side, state, at } => not_editable(*side, *state, at),
            CaseRefusal::NotYourTurn { at } => {
                format!("案例现在由{at}办理，您这一级还没有轮到或者已经办过。请联系{at}。")
            }
            CaseRefusal::NobodyAbove => {
                "名册里没有再上一级可以推荐的总工会，所以没有报送；请上级工会先把隶属关系改正。".to_owned()
            }
            CaseRefusal::SameAgain => {
                "报送单位没有同意这份编辑稿，没有改过的不能再请一次。请先按它的意见编辑，再请它对照。".to_owned()
            }
            CaseRefusal::OtherText => {
                "您对照的那一份不是现在要答复的编辑稿，没有记下答复。请刷新页面，重新对照后再答复。".to_owned()
            }
            CaseRefusal::NoConsent => {
                "报送单位同意的不是现在这份文字，所以不能发布：没有同意的一个字也不发布。请再请它对照一次。".to_owned()
            }
            CaseRefusal::NoSuchAct => "请选择要办的事。".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            CaseRefusal::NoTitle => {
                "Please write a title: what was done, in one sentence.".to_owned()
            }
            CaseRefusal::NoProblem => "Please write what the problem was.".to_owned(),
            CaseRefusal::NoMethod => {
                "Please write how you went about it: the steps, who did them, by what means."
                    .to_owned()
            }
            CaseRefusal::NoEffect => {
                "Please write what came of it, in figures where there are any.".to_owned()
            }
            CaseRefusal::TooLong { most } => {
                format!("At most {most} characters; please shorten it.")
            }
            CaseRefusal::NoClause => {
                "Please choose at least one criterion: unions that lack it see the case beside it on their home's page.".to_owned()
            }
            CaseRefusal::TooManyClauses { most } => {
                format!("Choose at most {most}; please keep those that fit best.")
            }
            CaseRefusal::Numbers { numbers } => {
                let told: Vec<String> =
                    numbers.iter().map(|number| number.told(Lang::En)).collect();
                format!(
                    "There is the {} in it. Cases are public, so they hold no numbers of people, and masking some digits is not enough; please take it out and save again.",
                    told.join(", the ")
                )
            }
            CaseRefusal::NamesWithoutConsent { named } => format!(
                "It names {} of your union. Names of people are published with their consent: if they all agree, tick that they do; if they were not asked, write \"a worker\" or the like.",
                named.join(", ")
            ),
            CaseRefusal::NoCaption => {
                "Please write a line on the photo: whoever can't see it knows by it what it shows."
                    .to_owned()
            }
            CaseRefusal::PhotoWithoutConsent => {
                "Please make sure that everybody who can be recognised agrees to its being shown, then tick it and upload; if somebody does not, choose another photo.".to_owned()
            }
            CaseRefusal::NoPhoto => {
                "No photo was chosen. Choose one first, then upload it.".to_owned()
            }
            CaseRefusal::TooManyPhotos { most } => format!(
                "A case has at most {most} photos; none was uploaded. Take one out first, then upload the new one."
            ),
            CaseRefusal::NoReason => {
                "Please give the reason; the other side reads it.".to_owned()
            }
            CaseRefusal::WrongState { .. } => {
                "The case has gone on, so this can't be done now. Load the page again to see whose turn it is.".to_owned()
            }
            CaseRefusal::NotEditable { side, state, at } => {
                not_editable_in_english(*side, *state, at)
            }
            CaseRefusal::NotYourTurn { at } => format!(
                "The case is with {at} now: your level's turn has not come or is over. Please ask {at}."
            ),
            CaseRefusal::NobodyAbove => {
                "The register shows no federation above that it could go to, so it was not handed in. Please ask the upper union to correct the register.".to_owned()
            }
            CaseRefusal::SameAgain => {
                "The union did not agree to this text, and one that was not changed can't be put to it again. Edit it by what the union said, then ask again.".to_owned()
            }
            CaseRefusal::OtherText => {
                "What you compared is not the text that is asked about now, so no answer was kept. Load the page again, compare and answer.".to_owned()
            }
            CaseRefusal::NoConsent => {
                "The union agreed to another text than this one, so it can't be published: not one word goes out without consent. Ask the union to compare once more.".to_owned()
            }
            CaseRefusal::NoSuchAct => "Please choose what to do.".to_owned(),
        }
    }
}

/// Why a side doesn't write on a case in this state, and what to do.
fn not_editable(side: Side, state: CaseState, at: &str) -> String {
    use CaseState::{
        Agreed, Asked, Declined, Draft, Editing, Left, Published, Recommended, Returned, TakenDown,
    };
    match (side, state) {
        (Side::Union, Recommended) => format!(
            "案例已经报送，现在由{at}办理，报送单位不能改。要改的，请联系{at}退回修改。"
        ),
        (Side::Union, Editing | Declined) => {
            "案例现在由市总工会编辑，报送单位不能改。编辑好会请您对照，不同意的地方请那时写明。"
                .to_owned()
        }
        (Side::City, Draft | Returned) => {
            "案例在报送单位手里，还没有报到市总工会，所以不能编辑。请等它报送、逐级推荐上来。"
                .to_owned()
        }
        (Side::City, Recommended) => format!(
            "案例还没有报到市总工会，现在由{at}办理，所以不能编辑。请等{at}推荐上来，或者联系它。"
        ),
        (_, Asked) => {
            "编辑稿正等报送单位答复，现在不能改。请等它的主席对照；不同意的会写明意见，市总工会再编辑。"
                .to_owned()
        }
        (_, Agreed | Published) => {
            "报送单位同意发布的就是这一份，一个字也不能再改。要改的，请报送单位的主席撤下，另写一个案例。"
                .to_owned()
        }
        (_, Left) => {
            "案例没有采用，不能再改。要再报送的，请报送单位另写一个案例。".to_owned()
        }
        (_, TakenDown) => {
            "案例已经撤下，不能再改。要再报送的，请报送单位另写一个案例。".to_owned()
        }
        (Side::Union, Draft | Returned) | (Side::City, Editing | Declined) => {
            CaseRefusal::WrongState { state }.chinese()
        }
    }
}

fn not_editable_in_english(side: Side, state: CaseState, at: &str) -> String {
    use CaseState::{
        Agreed, Asked, Declined, Draft, Editing, Left, Published, Recommended, Returned, TakenDown,
    };
    match (side, state) {
        (Side::Union, Recommended) => format!(
            "The case was handed in and is with {at} now, so its union can't change it. To change something, ask {at} to send it back."
        ),
        (Side::Union, Editing | Declined) => {
            "The city edits the case now, so its union can't change it. You will be asked to compare the text; say then what you don't agree to.".to_owned()
        }
        (Side::City, Draft | Returned) => {
            "The case is with its union and has not come to the city, so it can't be edited yet. It is handed in first and recommended upward level by level.".to_owned()
        }
        (Side::City, Recommended) => format!(
            "The case has not come to the city: it is with {at} now, so it can't be edited yet. Wait until {at} recommends it, or ask them."
        ),
        (_, Asked) => {
            "The edited text waits for the union's answer, so it can't be changed now. If its chair does not agree and says why, the city edits it again.".to_owned()
        }
        (_, Agreed | Published) => {
            "This is the very text that the union agreed to, and not a word of it changes. To change something, its chair takes the case down and the union writes another.".to_owned()
        }
        (_, Left) => {
            "The case was not taken up and can't be changed. To hand something in again, its union writes another case.".to_owned()
        }
        (_, TakenDown) => {
            "The case was taken down and can't be changed. To hand something in again, its union writes another case.".to_owned()
        }
        (Side::Union, Draft | Returned) | (Side::City, Editing | Declined) => {
            CaseRefusal::WrongState { state }.english()
        }
    }
}

/// A word without its context.
fn plain(word: &str) -> &str {
    word.split_once('|').map_or(word, |(_, word)| word)
}
