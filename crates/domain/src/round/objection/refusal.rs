//! Why an objection was not received, or not handled.

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectionRefusal {
    /// What was typed to follow one is no number; empty where nothing was.
    NoNumber {
        typed: String,
    },
    NoCandidate,
    NoText,
    TooLong {
        most: usize,
    },
    TooManyNamed {
        most: usize,
    },
    TooManyFiles {
        most: usize,
    },
    FilesTooBig {
        megabytes: usize,
    },
    NotThisKind,
    /// One of a flood brings no files.
    NoFilesNow,
    /// The field that no person sees was filled in.
    ByProgram,
    /// Beyond what is taken from one network on a day.
    Flooded,
    /// Too many wrong codes from one network.
    Slowed {
        minutes: i64,
    },
    /// No objection has this number and this code.
    NotFollowed,
    TooEarly {
        minutes: i64,
    },
    ConfirmedBefore,
    /// It was answered meanwhile.
    Closed,
    NothingWritten,
    NoOutcome,
    /// Nobody was chosen who may look into it.
    NobodyChosen,
    OwnFederation {
        office: String,
    },
    NamedInIt {
        name: String,
    },
    /// The instance's key is another than it was encrypted with.
    CantBeOpened,
    /// There is no city federation yet that could read it.
    NoReader,
    /// It must not reach anybody of the city who could read it.
    KeptFromAll,
    /// Some to a candidate may still be confirmed, so it is not named yet.
    Unconfirmed {
        count: i64,
        until: Date,
        clause: String,
    },
}

impl Refuse for ObjectionRefusal {
    fn key(&self) -> &'static str {
        match self {
            ObjectionRefusal::NoNumber { .. } => "objection/no-number",
            ObjectionRefusal::NoCandidate => "objection/no-candidate",
            ObjectionRefusal::NoText => "objection/no-text",
            ObjectionRefusal::TooLong { .. } => "objection/too-long",
            ObjectionRefusal::TooManyNamed { .. } => "objection/too-many-named",
            ObjectionRefusal::TooManyFiles { .. } => "objection/too-many-files",
            ObjectionRefusal::FilesTooBig { .. } => "objection/files-too-big",
            ObjectionRefusal::NotThisKind => "objection/not-this-kind",
            ObjectionRefusal::NoFilesNow => "objection/no-files-now",
            ObjectionRefusal::ByProgram => "objection/by-program",
            ObjectionRefusal::Flooded => "objection/flooded",
            ObjectionRefusal::Slowed { .. } => "objection/slowed",
            ObjectionRefusal::NotFollowed => "objection/not-followed",
            ObjectionRefusal::TooEarly { .. } => "objection/too-early",
            ObjectionRefusal::ConfirmedBefore => "objection/confirmed-before",
            ObjectionRefusal::Closed => "objection/closed",
            ObjectionRefusal::NothingWritten => "objection/nothing-written",
            ObjectionRefusal::NoOutcome => "objection/no-outcome",
            ObjectionRefusal::NobodyChosen => "objection/nobody-chosen",
            ObjectionRefusal::OwnFederation { .. } => "objection/own-federation",
            ObjectionRefusal::NamedInIt { .. } => "objection/named-in-it",
            ObjectionRefusal::CantBeOpened => "objection/cant-be-opened",
            ObjectionRefusal::NoReader => "objection/no-reader",
            ObjectionRefusal::KeptFromAll => "objection/kept-from-all",
            ObjectionRefusal::Unconfirmed { .. } => "objection/unconfirmed",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

impl ObjectionRefusal {
    fn chinese(&self) -> String {
        match self {
            ObjectionRefusal::NoNumber { typed } if typed.is_empty() => {
                "请填异议编号：提交以后和查询码一起显示在页面上。".to_owned()
            }
            ObjectionRefusal::NoNumber { typed } => format!(
                "“{typed}”不是编号：编号是数字，提交以后和查询码一起显示在页面上。"
            ),
            ObjectionRefusal::NoCandidate => "请选择对名单里的哪一个有异议。".to_owned(),
            ObjectionRefusal::NoText => "请写下异议是什么、有什么依据。".to_owned(),
            ObjectionRefusal::TooLong { most } => format!("最多 {most} 个字，请写短一些。"),
            ObjectionRefusal::TooManyNamed { most } => {
                format!("最多写 {most} 个人，请只写最要紧的。")
            }
            ObjectionRefusal::TooManyFiles { most } => {
                format!("最多附 {most} 个文件，所以没有收下。请只选最要紧的，其余的在异议里说明。")
            }
            ObjectionRefusal::FilesTooBig { megabytes } => format!(
                "附的文件一共不能超过 {megabytes} MB，所以没有收下。请少附几个，或者把照片改小。"
            ),
            ObjectionRefusal::NotThisKind => {
                "只收照片（JPG、PNG）和 PDF，所以没有收下。别的文件请拍照或另存为 PDF。".to_owned()
            }
            ObjectionRefusal::NoFilesNow => {
                "今天来的异议太多，这一件先不能附文件，所以没有收下。请去掉文件再提交，在文字里写明有什么材料。".to_owned()
            }
            ObjectionRefusal::ByProgram => {
                "没有收下：一个用来挡住程序的空格被填了。请重新打开页面再写；还是这样的，请打电话。".to_owned()
            }
            ObjectionRefusal::Flooded => {
                "今天从您这个网络来的异议已经太多，为防滥用，这一件没有收下。请明天再提，或者换一个网络；急的请打公示里的电话。".to_owned()
            }
            ObjectionRefusal::Slowed { minutes } => {
                format!("从您这个网络试错的查询码太多，为防猜码，请 {minutes} 分钟后再试。")
            }
            ObjectionRefusal::NotFollowed => {
                "编号和查询码对不上。请照提交时页面上显示的再输一次；忘了查询码的，不能再查，请打公示里的电话。".to_owned()
            }
            ObjectionRefusal::TooEarly { minutes } => {
                format!("还不能确认：请 {minutes} 分钟后再到这里，用查询码确认。")
            }
            ObjectionRefusal::ConfirmedBefore => "这件异议不用再确认。".to_owned(),
            ObjectionRefusal::Closed => {
                "这件异议已经答复、办结，不能再改；您写的没有保存。请看下面的答复。".to_owned()
            }
            ObjectionRefusal::NothingWritten => "请写清楚查了什么、情况怎样。".to_owned(),
            ObjectionRefusal::NoOutcome => "请选择异议是否属实。".to_owned(),
            ObjectionRefusal::NobodyChosen => "请选择交给谁核实。".to_owned(),
            ObjectionRefusal::OwnFederation { office } => {
                format!("不能交给{office}：被提异议的单位归它管，按回避规定要由别的工会或市总工会核实。请另选一人。")
            }
            ObjectionRefusal::NamedInIt { name } => {
                format!("不能交给{name}：异议涉及同名的人，或者提异议的人要求不让同名的人看到。请另选一人。")
            }
            ObjectionRefusal::CantBeOpened => {
                "打不开：加密时用的密钥（slip.key）不是现在这一个。请找管理员把原来的密钥放回去。".to_owned()
            }
            ObjectionRefusal::NoReader => {
                "平台还没有登记市总工会，没有人能受理，所以没有收下。请直接联系市总工会。".to_owned()
            }
            ObjectionRefusal::KeptFromAll => {
                "这里写的人包括了市总工会所有能受理的人，没有人能看到，所以没有收下。请至少留下一人，或者打公示上的电话。".to_owned()
            }
            ObjectionRefusal::Unconfirmed {
                count,
                until,
                clause,
            } => format!(
                "有 {count} 件异议还在等提出的人确认，到 {until} 为止先不命名（{clause}）。请先到“异议”里看一看，过了这一天再命名。"
            ),
        }
    }

    fn english(&self) -> String {
        match self {
            ObjectionRefusal::NoNumber { typed } if typed.is_empty() => {
                "Type the number of the objection: it stood on the page with its code.".to_owned()
            }
            ObjectionRefusal::NoNumber { typed } => format!(
                "\"{typed}\" is no number: the number of the objection stood on the page with its code."
            ),
            ObjectionRefusal::NoCandidate => {
                "Please choose which of the list you object to.".to_owned()
            }
            ObjectionRefusal::NoText => {
                "Please write what your objection is, and on what it rests.".to_owned()
            }
            ObjectionRefusal::TooLong { most } => {
                format!("At most {most} characters; please shorten it.")
            }
            ObjectionRefusal::TooManyNamed { most } => {
                format!("At most {most} people; please name only those who matter most.")
            }
            ObjectionRefusal::TooManyFiles { most } => format!(
                "At most {most} files can come with it, so it was not received. Choose those that matter most and tell of the others in the text."
            ),
            ObjectionRefusal::FilesTooBig { megabytes } => format!(
                "All files together have at most {megabytes} MB, so it was not received. Send fewer, or smaller photos."
            ),
            ObjectionRefusal::NotThisKind => {
                "Only photos (JPG, PNG) and PDF are taken, so it was not received. Photograph other files, or save them as PDF.".to_owned()
            }
            ObjectionRefusal::NoFilesNow => {
                "So many objections came today that this one can bring no files, so it was not received. Send it without them and say in the text what there is.".to_owned()
            }
            ObjectionRefusal::ByProgram => {
                "This was not received: a field that keeps programs away was filled in. Open the page anew and write again; if it stays so, please telephone.".to_owned()
            }
            ObjectionRefusal::Flooded => {
                "Too many objections came from your network today; to prevent misuse, this one was not received. Try again tomorrow or from another network; if it is urgent, call the number of the notice.".to_owned()
            }
            ObjectionRefusal::Slowed { minutes } => format!(
                "Too many wrong codes came from your network; to prevent guessing, try again in {minutes} minute{}.",
                if *minutes == 1 { "" } else { "s" }
            ),
            ObjectionRefusal::NotFollowed => {
                "Number and code do not belong together. Type them as the page showed them; without its code an objection can't be followed, so call the number of the notice.".to_owned()
            }
            ObjectionRefusal::TooEarly { minutes } => format!(
                "It can't be confirmed yet: come back here in {minutes} minute{} and confirm it with the code.",
                if *minutes == 1 { "" } else { "s" }
            ),
            ObjectionRefusal::ConfirmedBefore => {
                "This objection needs no confirmation any more.".to_owned()
            }
            ObjectionRefusal::Closed => {
                "This objection was answered and closed, so what you wrote was not saved. See the answer below.".to_owned()
            }
            ObjectionRefusal::NothingWritten => {
                "Please write what was looked into and what was found.".to_owned()
            }
            ObjectionRefusal::NoOutcome => {
                "Please choose whether the objection is founded.".to_owned()
            }
            ObjectionRefusal::NobodyChosen => "Please choose who looks into it.".to_owned(),
            ObjectionRefusal::OwnFederation { office } => format!(
                "It can't be given to {office}: the unit concerned stands below it, and by the rules of recusal another federation or the city looks into it. Choose somebody else."
            ),
            ObjectionRefusal::NamedInIt { name } => format!(
                "It can't be given to {name}: the objection is about somebody of that name, or must not reach them. Choose somebody else."
            ),
            ObjectionRefusal::CantBeOpened => {
                "It can't be opened: it was encrypted with another key (slip.key) than the present one. Ask an administrator to put the former key back.".to_owned()
            }
            ObjectionRefusal::NoReader => {
                "No city federation is registered here yet, so nobody could read it and it was not received. Please ask the federation directly.".to_owned()
            }
            ObjectionRefusal::KeptFromAll => {
                "Those named here are all who could handle it at the city, so nobody could read it and it was not received. Leave one of them out, or call the number of the notice.".to_owned()
            }
            ObjectionRefusal::Unconfirmed {
                count,
                until,
                clause,
            } => format!(
                "{count} objection{} may still be confirmed: no naming until {until} is over ({clause}). Look at the objections, and name afterwards.",
                if *count == 1 { "" } else { "s" }
            ),
        }
    }
}
