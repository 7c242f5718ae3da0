# SPDX-License-Identifier: EUPL-1.2
"""The scopes of participation: name, and what a person is told about it in French and in English."""

from typing import Final

PARTICIPATION: Final = (
    ("participation.consultations.write", "créer et ouvrir des consultations", "create and open consultations"),
    ("participation.answers.read", "lire les résultats des consultations", "read the results of consultations"),
    ("participation.answers.write", "répondre aux consultations en votre nom", "answer consultations for you"),
    ("participation.polls.write", "préparer des votes à bulletin secret", "prepare secret polls"),
    ("participation.ballots.write", "voter à bulletin secret en votre nom", "vote in secret polls for you"),
    ("participation.counts.write", "dépouiller des votes", "count secret polls"),
    ("participation.desks.write", "recevoir des votants au guichet", "receive voters at the desk"),
    (
        "participation.budgets.write",
        "préparer des budgets participatifs et analyser leurs projets",
        "prepare participatory budgets and analyse their projects",
    ),
    (
        "participation.projects.write",
        "déposer en votre nom des projets de budget participatif",
        "propose projects of participatory budgets for you",
    ),
    (
        "participation.comments.write",
        "commenter en votre nom, sous un pseudonyme",
        "write comments for you, under a pseudonym",
    ),
    (
        "participation.proposals.write",
        "proposer à votre collectivité et soutenir des propositions en votre nom",
        "propose to your town and support proposals for you",
    ),
    ("participation.proposals.read", "lire ce que vous soutenez", "read what you support"),
    (
        "participation.reports.write",
        "signaler des contributions et contester des décisions en votre nom",
        "report contributions and contest decisions for you",
    ),
    (
        "participation.reports.read",
        "lire ce qui est décidé de vos contributions et signalements",
        "read what is decided of your contributions and reports",
    ),
    ("participation.moderation.read", "lire ce qui est signalé", "read what is reported"),
    ("participation.moderation.write", "décider de ce qui est signalé", "decide on what is reported"),
    (
        "participation.votes.write",
        "voter en votre nom dans des budgets participatifs",
        "vote in participatory budgets for you",
    ),
    (
        "participation.votes.read",
        "lire vos votes dans des budgets participatifs",
        "read your votes in participatory budgets",
    ),
    ("participation.surveys.write", "préparer des enquêtes", "prepare surveys"),
    ("participation.surveys.read", "lire les enquêtes et leurs chiffres", "read surveys and their figures"),
    ("participation.responses.write", "répondre à des enquêtes en votre nom", "answer surveys for you"),
    ("participation.responses.read", "savoir à quelles enquêtes vous avez répondu", "know which surveys you answered"),
    ("participation.petitions.write", "écrire des pétitions en votre nom", "write petitions for you"),
    ("participation.petitions.read", "lire vos pétitions", "read your petitions"),
    ("participation.signatures.write", "signer des pétitions en votre nom", "sign petitions for you"),
    ("participation.signatures.read", "lire ce que vous signez", "read what you sign"),
    (
        "participation.petition-decisions.write",
        "décider des pétitions et y répondre",
        "decide on petitions and answer them",
    ),
    ("participation.petition-decisions.read", "lire les pétitions à décider", "read petitions to decide on"),
    ("participation.processes.write", "préparer des démarches participatives", "prepare participatory processes"),
    ("participation.processes.read", "lire les démarches en préparation", "read processes in preparation"),
    ("participation.assemblies.write", "tenir des assemblées et leurs séances", "keep assemblies and sessions"),
    ("participation.assemblies.read", "lire les membres des assemblées", "read the members of assemblies"),
    ("participation.volunteers.write", "être volontaire en votre nom", "volunteer for you"),
    ("participation.volunteers.read", "lire pour quoi vous êtes volontaire", "read what you volunteer for"),
    ("participation.meetings.write", "annoncer des réunions publiques", "announce public meetings"),
    ("participation.meetings.read", "lire qui est inscrit aux réunions", "read who registers for meetings"),
    ("participation.registrations.write", "vous inscrire à des réunions", "register you for meetings"),
    ("participation.registrations.read", "lire vos inscriptions", "read your registrations"),
    ("participation.accountability.write", "dire la suite donnée aux propositions", "account for proposals"),
    ("participation.follows.write", "suivre démarches, propositions et assemblées", "follow processes and the like"),
    ("participation.follows.read", "lire ce que vous suivez", "read what you follow"),
)
