//! Where statements come from: the bibliography of all papers, in one place.

use super::Listed;
use crate::process::presets::Preset;

/// A paper as a bibliography lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The key of its entry: first author and year, in lower case.
    pub key: &'static str,
    /// All authors, in their order: family name, given names.
    pub authors: &'static [(&'static str, &'static str)],
    /// Its title.
    pub title: &'static str,
    /// The year of its first version.
    pub year: u16,
    /// Its number on arXiv.
    pub arxiv: &'static str,
}

/// Every paper that a claim, a chapter or a named loop comes from.
pub const REFERENCES: &[Reference] = &[
    Reference {
        key: "fu2026",
        authors: &[("Fu", "Shi"), ("Wang", "Yingjie"), ("Hu", "Shengchao"), ("Wang", "Peng"), ("Tao", "Dacheng")],
        title: "Why Self-Rewarding Works: Theoretical Guarantees for Iterative Alignment of Language Models",
        year: 2026,
        arxiv: "2601.22513",
    },
    Reference {
        key: "huang2024",
        authors: &[
            ("Huang", "Audrey"),
            ("Block", "Adam"),
            ("Foster", "Dylan J."),
            ("Rohatgi", "Dhruv"),
            ("Zhang", "Cyril"),
            ("Simchowitz", "Max"),
            ("Ash", "Jordan T."),
            ("Krishnamurthy", "Akshay"),
        ],
        title: "Self-Improvement in Language Models: The Sharpening Mechanism",
        year: 2024,
        arxiv: "2412.01951",
    },
    Reference {
        key: "liu2026",
        authors: &[("Liu", "Chenruo"), ("Dong", "Yijun"), ("Shen", "Yiqiu"), ("Lei", "Qi")],
        title: "A Task-Centric Theory for Iterative Self-Improvement with Easy-to-Hard Curricula",
        year: 2026,
        arxiv: "2602.10014",
    },
    Reference {
        key: "chen2024",
        authors: &[("Chen", "Zixiang"), ("Deng", "Yihe"), ("Yuan", "Huizhuo"), ("Ji", "Kaixuan"), ("Gu", "Quanquan")],
        title: "Self-Play Fine-Tuning Converts Weak Language Models to Strong Language Models",
        year: 2024,
        arxiv: "2401.01335",
    },
    Reference {
        key: "chen2026",
        authors: &[("Chen", "Yurong"), ("He", "Yu"), ("Jordan", "Michael I."), ("Yao", "Fan")],
        title: "How Sampling Shapes LLM Alignment: From One-Shot Optima to Iterative Dynamics",
        year: 2026,
        arxiv: "2602.12180",
    },
    Reference {
        key: "ferbach2024",
        authors: &[("Ferbach", "Damien"), ("Bertrand", "Quentin"), ("Bose", "Avishek Joey"), ("Gidel", "Gauthier")],
        title: "Self-Consuming Generative Models with Curated Data Provably Optimize Human Preferences",
        year: 2024,
        arxiv: "2407.09499",
    },
    Reference {
        key: "mroueh2025",
        authors: &[("Mroueh", "Youssef")],
        title: "Reinforcement Learning with Verifiable Rewards: GRPO's Effective Loss, Dynamics, and Success Amplification",
        year: 2025,
        arxiv: "2503.06639",
    },
    Reference {
        key: "yue2023",
        authors: &[("Yue", "Yang"), ("Lu", "Rui"), ("Kang", "Bingyi"), ("Song", "Shiji"), ("Huang", "Gao")],
        title: "Understanding, Predicting and Better Resolving Q-Value Divergence in Offline-RL",
        year: 2023,
        arxiv: "2310.04411",
    },
];

impl Reference {
    /// The paper of a number on arXiv.
    pub fn of_arxiv(number: &str) -> Option<&'static Self> {
        REFERENCES.iter().find(|reference| reference.arxiv == number)
    }

    /// Its entry. Braces keep the title's capitals.
    ///
    /// ```
    /// use selfreward::papers::Reference;
    ///
    /// let entry = Reference::of_arxiv("2503.06639").expect("listed").bibtex();
    /// assert!(entry.starts_with("@misc{mroueh2025,\n  author = {Mroueh, Youssef},\n"));
    /// assert!(entry.contains("eprint = {2503.06639}"));
    /// ```
    pub fn bibtex(&self) -> String {
        let authors: Vec<String> = self.authors.iter().map(|(family, given)| format!("{family}, {given}")).collect();
        entry(
            self.key,
            &[
                ("author", &authors.join(" and ")),
                ("title", &format!("{{{}}}", self.title)),
                ("year", &self.year.to_string()),
                ("eprint", self.arxiv),
                ("archivePrefix", "arXiv"),
                ("url", &format!("https://arxiv.org/abs/{}", self.arxiv)),
            ],
        )
    }
}

/// The entry of this program, as CITATION.cff has it: no DOI, no address, since it has none.
pub fn software() -> String {
    entry(
        "selfreward",
        &[
            ("author", "{The selfreward authors}"),
            ("title", "{selfreward: checks the theory of self-rewarding language models by experiment}"),
            ("howpublished", "Computer program"),
            ("note", &format!("Version {}", env!("CARGO_PKG_VERSION"))),
        ],
    )
}

fn entry(key: &str, fields: &[(&str, &str)]) -> String {
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("  {name} = {{{value}}},\n")).collect();
    format!("@misc{{{key},\n{}}}", lines.concat())
}

/// Where a statement comes from: papers, and this program where it says so, or where no paper is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The papers, each once.
    pub papers: Vec<&'static Reference>,
    /// Whether this program is to be cited for it.
    pub ours: bool,
}

impl Origin {
    /// Of a claim: the papers that its `result` names, by their numbers on arXiv or as the companion; else that of its chapter. What is
    /// "ours" was stated in this program.
    pub fn of_claim(claim: &Listed) -> Self {
        let mut origin = Self::of_text(claim.result);
        if claim.result.contains("companion") {
            origin.papers.extend(Reference::of_arxiv("2412.01951"));
        }
        if origin.papers.is_empty() {
            origin.papers = Self::of_text(claim.paper.link).papers;
        }
        origin.ours |= origin.papers.is_empty();
        origin
    }

    /// Of a chapter.
    pub fn of_paper(paper: &super::Paper) -> Self {
        let own = Self::of_text(paper.citation);
        let papers = Self::of_text(paper.link).papers;
        Self { ours: own.ours || papers.is_empty(), papers }
    }

    /// Of a named loop.
    pub fn of_loop(preset: &Preset) -> Self {
        let origin = Self::of_text(preset.source);
        Self { ours: origin.papers.is_empty(), ..origin }
    }

    /// The papers whose numbers a text names, each once, in their order; and whether it has the word "ours".
    fn of_text(text: &str) -> Self {
        let mut origin = Self::default();
        for number in arxiv_numbers(text) {
            if let Some(paper) = Reference::of_arxiv(number)
                && !origin.papers.contains(&paper)
            {
                origin.papers.push(paper);
            }
        }
        origin.ours = text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| word == "ours");
        origin
    }
}

/// The numbers of arXiv in a text: four digits, a point, five digits.
pub fn arxiv_numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|word| word.trim_matches('.')).filter(|word| {
        let parts = word.split_once('.');
        parts.is_some_and(|(month, number)| month.len() == 4 && number.len() == 5 && !number.contains('.'))
    })
}
