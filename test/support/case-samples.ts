// Solved cases of an invented customs platform, and how somebody else would have asked the same.

export interface CaseSample {
  readonly language: 'fr' | 'en'
  readonly subject: string
  readonly problem: string
  readonly resolution: string
  readonly asked: string
}

const fr = (subject: string, problem: string, resolution: string, asked: string): CaseSample => ({
  language: 'fr',
  subject,
  problem,
  resolution,
  asked,
})
const en = (subject: string, problem: string, resolution: string, asked: string): CaseSample => ({
  language: 'en',
  subject,
  problem,
  resolution,
  asked,
})

export const samples: readonly CaseSample[] = [
  fr(
    'Mot de passe expiré',
    'Bonjour, mon mot de passe du portail a expiré et le lien de réinitialisation n’arrive pas.',
    'Lien renvoyé après correction de l’adresse de courriel du compte.',
    'Je ne reçois pas le lien pour réinitialiser mon mot de passe qui est expiré.',
  ),
  fr(
    'Compte bloqué',
    'Mon compte est verrouillé après trois tentatives de connexion.',
    'Compte déverrouillé par l’administrateur.',
    'Après plusieurs tentatives la connexion est refusée, mon compte semble verrouillé.',
  ),
  fr(
    'Manifeste rejeté',
    'Le manifeste du navire est rejeté avec le message « port de déchargement inconnu ».',
    'Code du port ajouté à la table des ports.',
    'Notre manifeste a été rejeté : le système dit que le port de déchargement est inconnu.',
  ),
  fr(
    'PDF illisible',
    'Le document PDF du bordereau s’ouvre vide dans le navigateur.',
    'Désactiver le lecteur intégré et télécharger le fichier.',
    'Quand j’ouvre le bordereau en PDF la page du navigateur reste vide.',
  ),
  fr(
    'Paiement par carte refusé',
    'Le paiement par carte Visa est refusé alors que la carte est valable.',
    'Plafond de la passerelle relevé par la banque.',
    'Impossible de régler avec ma carte Visa, la passerelle répond refusé.',
  ),
  fr(
    'Double débit',
    'Le compte de la société a été débité deux fois pour la même déclaration.',
    'Second débit annulé, remboursement sous trois jours.',
    'Nous avons été débités en double pour une déclaration, pouvez-vous rembourser ?',
  ),
  fr(
    'Poids du conteneur',
    'Je ne peux pas saisir un poids supérieur à 30 tonnes pour un conteneur.',
    'Limite du champ poids portée à 40 tonnes.',
    'La saisie du poids du conteneur est limitée, le nôtre fait 34 tonnes.',
  ),
  fr(
    'Code SH introuvable',
    'Le code SH 8703 n’apparaît pas dans la nomenclature proposée.',
    'Nomenclature mise à jour.',
    'Je cherche le code SH de ma marchandise et la nomenclature ne le propose pas.',
  ),
  fr(
    'Scanner hors service',
    'Le scanner de l’agence ne numérise plus les reçus de paiement.',
    'Pilote du scanner réinstallé.',
    'Nous ne pouvons plus numériser les reçus, le scanner de l’agence ne répond pas.',
  ),
  fr(
    'Imprimante d’étiquettes',
    'L’imprimante d’étiquettes imprime des caractères chinois.',
    'Jeu de caractères remis en Latin-1.',
    'Les étiquettes sortent avec des caractères bizarres, comme du chinois.',
  ),
  fr(
    'Lenteur le matin',
    'Le portail est très lent entre huit heures et neuf heures.',
    'Sauvegarde déplacée à la nuit.',
    'Chaque matin vers huit heures le portail devient lent.',
  ),
  fr(
    'Signature électronique',
    'La clé de signature électronique n’est pas reconnue par le poste.',
    'Certificat racine installé sur le poste.',
    'Mon poste ne reconnaît pas la clé USB de signature électronique.',
  ),
  fr(
    'Export Excel',
    'L’export Excel de la liste des déclarations s’arrête à mille lignes.',
    'Limite de l’export supprimée.',
    'Quand j’exporte les déclarations vers Excel il manque des lignes après mille.',
  ),
  fr(
    'Taux de change',
    'Le taux de change du dollar n’est pas celui de la semaine.',
    'Table des taux rechargée.',
    'Le taux du dollar utilisé pour la conversion n’est pas à jour.',
  ),
  fr(
    'Courriels en indésirables',
    'Les avis du portail arrivent dans les indésirables de notre messagerie.',
    'Enregistrement SPF publié.',
    'Vos avis tombent toujours dans le dossier des indésirables de ma messagerie.',
  ),
  fr(
    'Nouvel utilisateur',
    'Comment ajouter un collègue comme utilisateur de notre société ?',
    'L’administrateur de la société l’ajoute dans Paramètres.',
    'Un nouveau collègue doit avoir accès au compte de la société, comment l’ajouter ?',
  ),
  fr(
    'Changement d’adresse',
    'L’adresse de notre société a changé et figure encore sur les certificats.',
    'Adresse modifiée par l’agent après justificatif.',
    'Nous avons déménagé, l’ancienne adresse apparaît toujours sur les certificats.',
  ),
  fr(
    'Pièce jointe trop lourde',
    'Le portail refuse ma facture jointe : fichier trop volumineux.',
    'Compresser le fichier à moins de 5 Mo.',
    'La facture que je veux joindre est trop volumineuse pour le portail.',
  ),
  fr(
    'Date d’arrivée',
    'La date d’arrivée du navire ne peut pas être modifiée après validation.',
    'Demander une correction du manifeste.',
    'Le navire est retardé et je ne peux plus changer la date d’arrivée validée.',
  ),
  fr(
    'Écran tactile du guichet',
    'L’écran tactile du guichet de douane ne réagit plus.',
    'Recalibrage de l’écran.',
    'Au guichet de la douane l’écran tactile ne réagit pas au doigt.',
  ),
  fr(
    'Quittance manquante',
    'La quittance du paiement n’est pas visible dans l’historique.',
    'Synchronisation avec la banque relancée.',
    'Je ne retrouve pas la quittance d’un paiement dans mon historique.',
  ),
  fr(
    'Connexion VPN',
    'Le tunnel VPN du bureau de Berbérati tombe toutes les heures.',
    'Renégociation de clé réglée sur 24 heures.',
    'À Berbérati le VPN se coupe à chaque heure.',
  ),
  fr(
    'Onduleur',
    'L’onduleur de la salle serveur émet des bips en continu.',
    'Batteries remplacées.',
    'Dans la salle serveur un bip continu vient de l’onduleur.',
  ),
  fr(
    'Heure du serveur',
    'L’heure des déclarations est décalée d’une heure.',
    'Fuseau horaire du serveur corrigé.',
    'Les déclarations portent une heure décalée, une heure de trop.',
  ),
  fr(
    'Transitaire changé',
    'Nous avons changé de transitaire et l’ancien voit encore nos dossiers.',
    'Mandat de l’ancien transitaire révoqué.',
    'Notre ancien transitaire a toujours accès aux dossiers, il faut révoquer son mandat.',
  ),
  en(
    'Barcode not readable',
    'The barcode on the printed certificate cannot be read by the gate scanner.',
    'Print at 300 dpi, not fit to page.',
    'At the gate the scanner does not read the barcode of our certificate.',
  ),
  en(
    'Session times out',
    'The session ends while I am filling in the declaration and everything is lost.',
    'Drafts are saved every minute now.',
    'My declaration was lost because the session timed out while I was filling it in.',
  ),
  en(
    'Wrong consignee',
    'The consignee on the bill of lading is wrong and the form will not accept another.',
    'Amendment through the shipping line.',
    'How can the consignee of a bill of lading be replaced? The form rejects it.',
  ),
  en(
    'Duplicate container number',
    'The form says the container number is already in use by another voyage.',
    'Old voyage closed by the operator.',
    'It claims our container number is used on another voyage already.',
  ),
  en(
    'SMS code not received',
    'I do not receive the SMS code that I need to confirm a payment.',
    'Phone number corrected to the international format.',
    'The confirmation code for payments never comes by SMS to my phone.',
  ),
  en(
    'Java applet',
    'The signing applet does not start, the browser says Java is not supported.',
    'Use the new signing program instead of the applet.',
    'Browser says Java unsupported when I try to sign, the applet will not start.',
  ),
  en(
    'Upload of XML',
    'Uploading the manifest as XML fails with schema error at line 12.',
    'Use version 2.1 of the schema.',
    'Our XML manifest cannot be uploaded, there is a schema error.',
  ),
  en(
    'Bank reference',
    'The bank reference of the transfer was entered wrong and the payment is not matched.',
    'Payment matched by hand by finance.',
    'We gave a wrong reference with the bank transfer, so it has not been matched.',
  ),
  en(
    'Airline prefix',
    'The airway bill prefix of our airline is unknown to the system.',
    'Prefix added to the carriers table.',
    'The system does not know the prefix of our airway bills.',
  ),
  en(
    'Arabic characters',
    'Names with Arabic characters are printed as question marks.',
    'Font with Arabic glyphs embedded.',
    'Question marks are printed instead of Arabic names.',
  ),
  en(
    'Fingerprint reader',
    'The fingerprint reader at the customs office fails with error 17.',
    'Firmware of the reader updated.',
    'Error 17 on the fingerprint reader of our customs office.',
  ),
  en(
    'Tablet offline',
    'The inspection tablet does not synchronise when it is back online.',
    'Clear the queue, then synchronise by hand.',
    'Inspections made offline on the tablet are not synchronised afterwards.',
  ),
  en(
    'Weighbridge',
    'The weighbridge sends no weights to the platform any more.',
    'Serial converter replaced.',
    'No weights arrive from the weighbridge.',
  ),
  en(
    'Temporary import',
    'How do I extend the deadline of a temporary import?',
    'Apply for an extension thirty days before the end.',
    'I need a longer deadline for goods under temporary import, can it be extended?',
  ),
  en(
    'Hazardous goods',
    'The form does not accept the UN number of our hazardous goods.',
    'UN number list updated to the current edition.',
    'Our hazardous cargo has a UN number which the form rejects.',
  ),
  en(
    'Invoice currency',
    'The invoice is in yuan and that currency cannot be chosen.',
    'CNY added to the currencies.',
    'I cannot choose yuan as currency of the invoice.',
  ),
  en(
    'Locked draft',
    'A draft is locked by a colleague who has left the company.',
    'Lock removed by the administrator.',
    'Somebody who left our company still holds the lock on a draft.',
  ),
  en(
    'Attachment lost',
    'The packing list that I attached yesterday is gone from the declaration.',
    'Attachments restored from the backup.',
    'Yesterday I attached a packing list and now it has disappeared.',
  ),
  en(
    'Warehouse transfer',
    'The transfer between two bonded warehouses is refused.',
    'Second warehouse licensed for the goods.',
    'Moving goods from one bonded warehouse to another is refused by the system.',
  ),
  en(
    'Email notifications',
    'We get no e-mail notifications since our domain was changed.',
    'Addresses of the company updated to the new domain.',
    'Since we changed our mail domain no notifications come in.',
  ),
  en(
    'Certificate of origin',
    'The certificate of origin shows the country as unknown.',
    'Country code of the supplier completed.',
    'On the origin certificate the country is given as unknown.',
  ),
  en(
    'Statistics report',
    'The monthly statistics report counts cancelled declarations too.',
    'Filter for cancelled declarations added.',
    'Cancelled declarations are counted in the statistics of the month.',
  ),
  en(
    'Dark screen mode',
    'Buttons are invisible when the browser is in dark mode.',
    'Style sheet corrected.',
    'In dark mode of my browser the buttons cannot be seen.',
  ),
  en(
    'Truck plate',
    'The plate of the truck cannot be entered with a dash.',
    'Enter plates without dash or space.',
    'The field for the truck does not take the dash of its plate.',
  ),
  en(
    'Release note refused',
    'The terminal refuses our release note because the signature is missing.',
    'Release note signed again with the new key.',
    'Terminal will not take the release note, it says the signature is missing.',
  ),
]

const frThings = [
  'la balance',
  'le serveur de fichiers',
  'la caméra du portique',
  'le formulaire d’agrément',
  'la messagerie interne',
  'le module de statistiques',
  'la borne d’accueil',
  'le registre des entrepôts',
]
const frFaults = [
  'ne démarre plus depuis la mise à jour',
  'affiche une erreur interne',
  'perd ses réglages chaque nuit',
  'demande une licence',
  'ne se laisse pas configurer',
  'répond avec retard',
  'a été endommagée par la foudre',
  'doit être déplacée dans un autre bureau',
  'fonctionne, mais sans son',
  'est attribuée à un autre service',
]
const enThings = [
  'the archive server',
  'the public kiosk',
  'the intranet page',
  'the licence form',
  'the warehouse register',
  'the camera of the portal',
  'the radio link',
]
const enFaults = [
  'does not start since the upgrade',
  'shows an internal error',
  'loses its settings at night',
  'asks for a licence',
  'cannot be configured',
  'answers late',
  'was damaged by lightning',
  'has to be moved to another office',
  'works without sound',
  'belongs to another department',
]

/** Other cases of the same house, among which the right one has to be found. */
export const others: readonly Omit<CaseSample, 'asked'>[] = [
  ...frThings.flatMap((thing) =>
    frFaults.map((fault) => ({
      language: 'fr' as const,
      subject: `Panne : ${thing}`,
      problem: `Bonjour, ${thing} ${fault}, merci de votre aide.`,
      resolution: `Intervention sur place, ${thing} remise en état.`,
    })),
  ),
  ...enThings.flatMap((thing) =>
    enFaults.map((fault) => ({
      language: 'en' as const,
      subject: `Fault: ${thing}`,
      problem: `Hello, ${thing} ${fault}, please help.`,
      resolution: `Technician on site, ${thing} repaired.`,
    })),
  ),
]
