metadata description = 'The identity of the app. User-assigned, so that its roles are known before the app is there and outlive it.'

/*** PARAMETERS ***/

@description('Name of the identity.')
param name string

@description('Location of the identity.')
param location string

@description('Tags of the identity.')
param tags object

/*** RESOURCES ***/

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

/*** OUTPUTS ***/

@description('Resource id, for the function app to carry it.')
output id string = identity.id

@description('Client id, for the app to ask for its tokens.')
output clientId string = identity.properties.clientId

@description('Object id, for role assignments.')
output principalId string = identity.properties.principalId
